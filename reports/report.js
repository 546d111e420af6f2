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

  // The state of the filters stands in the address, as #findings?severity=broken, so that a link shows what its sender saw.
  const bars = all('.filters');
  const controls = bars.flatMap((bar) => [...bar.querySelectorAll('input, select')]);
  const [place, said] = (() => {
    const [anchor, query] = location.hash.slice(1).split('?');
    return [decodeURIComponent(anchor), new URLSearchParams(query)];
  })();

  const narrow = (bar) => {
    const words = bar.querySelector('input').value.trim().toLowerCase();
    const chosen = [...bar.querySelectorAll('select')].filter((select) => select.value);
    const narrowed = words !== '' || chosen.length > 0;
    const rows = all(bar.dataset.filters).filter((row) => !row.matches('.index *'));
    for (const row of all(bar.dataset.filters)) {
      const fits = chosen.every((select) => row.dataset[select.name] === select.value)
        && (!words || row.textContent.replaceAll('\u200b', '').toLowerCase().includes(words));
      row.hidden = !fits;
    }
    for (const group of all('.group')) {
      group.querySelector('h3 .soft').textContent = group.querySelectorAll('.finding:not([hidden])').length;
    }
    for (const fold of all('details.cases')) {
      if (bar.dataset.filters.includes('.cases') && narrowed) fold.open = true;
    }
    bar.querySelector('output').textContent = narrowed ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown` : '';
    bar.querySelector('button').hidden = !narrowed;
  };
  const remember = (bar) => {
    const state = new URLSearchParams(controls.filter((one) => one.value).map((one) => [one.name, one.value]));
    const query = state.toString();
    history.replaceState(null, '', `#${bar.closest('section').id}${query ? `?${query}` : ''}`);
  };
  const changed = (bar) => { narrow(bar); remember(bar); };
  for (const control of controls) {
    const value = said.get(control.name) ?? '';
    if (control.tagName === 'INPUT' || [...control.options].some((option) => option.value === value)) control.value = value;
  }
  for (const bar of bars) {
    bar.hidden = false;
    bar.addEventListener('input', () => changed(bar));
    bar.querySelector('button').addEventListener('click', () => {
      for (const control of bar.querySelectorAll('input, select')) control.value = '';
      changed(bar);
    });
    narrow(bar);
  }

  // What a link leads to is shown, whatever is filtered and folded.
  const reveal = (anchor) => {
    const goal = anchor && document.getElementById(anchor);
    if (!goal) return;
    for (const bar of bars) {
      if (goal.hidden && goal.matches(bar.dataset.filters)) bar.querySelector('button').click();
    }
    const fold = goal.closest('details');
    if (fold) fold.open = true;
    goal.scrollIntoView();
  };
  addEventListener('hashchange', () => reveal(decodeURIComponent(location.hash.slice(1).split('?')[0])));
  if (said.size || document.getElementById(place)?.closest('details')) reveal(place);

  addEventListener('beforeprint', () => {
    for (const fold of all('.finding details:not([open])')) { fold.open = true; fold.dataset.folded = 'again'; }
  });
  addEventListener('afterprint', () => {
    for (const fold of all('details[data-folded]')) { fold.open = false; delete fold.dataset.folded; }
  });
})();
