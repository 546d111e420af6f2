// Only comfort lives here: copying, filtering, unfolding for paper. The page reads the same without it.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(document.createElement('textarea'));
      area.value = text;
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  };
  for (const button of all('button[data-copies]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await copy(document.getElementById(button.dataset.copies).textContent);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1200);
    });
  }

  for (const bar of all('.filters')) {
    const rows = all(bar.dataset.filters);
    const said = bar.querySelector('output');
    const narrow = () => {
      const words = bar.querySelector('input').value.toLowerCase();
      const chosen = [...bar.querySelectorAll('select')].filter((select) => select.value);
      let shown = 0;
      for (const row of rows) {
        const fits = chosen.every((select) => row.dataset[select.name] === select.value)
          && (!words || row.textContent.toLowerCase().includes(words));
        row.hidden = !fits;
        shown += fits && !row.matches('.index *') ? 1 : 0;
      }
      for (const fold of all('details.cases')) {
        if (bar.dataset.filters.includes('.cases') && (words || chosen.length)) fold.open = true;
      }
      said.textContent = words || chosen.length ? `${shown} shown` : '';
    };
    bar.hidden = false;
    bar.addEventListener('input', narrow);
  }

  addEventListener('beforeprint', () => {
    for (const fold of all('.finding details:not([open])')) { fold.open = true; fold.dataset.folded = 'again'; }
  });
  addEventListener('afterprint', () => {
    for (const fold of all('details[data-folded]')) { fold.open = false; delete fold.dataset.folded; }
  });
})();
