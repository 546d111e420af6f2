"""What the panel says, in English and in Russian."""

from collections.abc import Mapping
from typing import Any

#: the languages that a caller can ask for; the first one where nobody could be asked
LANGUAGES = ("en", "ru")

#: why a call is refused, by the name of the refusal
REFUSALS: Mapping[str, tuple[str, str]] = {
    "bad_password": ("Invalid username or password", "Неверное имя пользователя или пароль"),
    "login_required": ("Log in to use this function", "Авторизуйтесь, чтобы использовать эту функцию"),
    "session_expired": ("The session has expired. Log in again", "Сессия истекла. Авторизуйтесь снова"),
    "access_denied": (
        "The function '{function}' may not be used for or from '{address}'",
        "Функция '{function}' недоступна для '{address}'",
    ),
    "unknown_function": ("The function '{function}' was not found", "Не удалось найти функцию '{function}'"),
    "wizard_unavailable": ("No tariff plan is chosen for the order", "Не выбран тарифный план для заказа"),
    "pricelist_not_found": ("The tariff plan '{id}' was not found", "Не удалось найти тарифный план '{id}'"),
    "datacenter_not_found": ("The data center '{id}' was not found", "Не удалось найти дата-центр '{id}'"),
    "addon_not_found": ("The tariff plan has no addon '{id}'", "У тарифного плана нет дополнения '{id}'"),
    "lineitem_not_found": ("The cart has no item '{id}'", "В корзине нет позиции '{id}'"),
    "project_not_found": ("The provider '{id}' was not found", "Не удалось найти провайдера '{id}'"),
    "paymethod_not_found": ("The payment method '{id}' was not found", "Не удалось найти метод оплаты '{id}'"),
    "cart_is_empty": ("There is nothing to order", "Нечего заказывать"),
    "promocode_not_found": ("The promotion code '{id}' was not found", "Промокод '{id}' не найден"),
    "promocode_not_used": ("The promotion code '{id}' cannot be used here", "Промокод '{id}' здесь неприменим"),
    "item_is_not_free": ("The item '{id}' has to be paid for", "Позицию '{id}' нужно оплатить"),
    "basket_of_several_providers": (
        "The cart has items of several providers",
        "В корзине позиции нескольких провайдеров",
    ),
    "billorder_not_found": ("The order '{id}' was not found", "Не удалось найти заказ '{id}'"),
    "payment_not_found": ("The payment '{id}' was not found", "Не удалось найти платёж '{id}'"),
    "payment_is_paid": ("'{id}' is paid already", "'{id}' уже оплачен"),
    "service_not_found": ("The service '{id}' was not found", "Не удалось найти услугу '{id}'"),
    "service_is_not_active": ("The service '{id}' is not paid for yet", "Услуга '{id}' ещё не оплачена"),
    "invalid_value": (
        "The field '{parameter}' has an invalid value: '{value}'",
        "Поле '{parameter}' имеет недопустимое значение: '{value}'",
    ),
    "empty_value": (
        "The field '{parameter}' has an invalid value. The value cannot be empty",
        "Поле '{parameter}' имеет недопустимое значение. Значение не может быть пустым",
    ),
    "unreadable": ("The request cannot be read: {reason}", "Не удалось прочитать запрос: {reason}"),
    "not_enough_money": (
        "There is not enough money: {cost} {currency} is to be paid, and the balance is {balance} {currency}",
        "Недостаточно средств: к оплате {cost} {currency}, на балансе {balance} {currency}",
    ),
    "request_too_large": ("The request is larger than {limit} bytes", "Размер запроса превышает {limit} байт"),
}

#: what else is said to a person
WORDS: Mapping[str, tuple[str, str]] = {
    "total": ("Total amount: {cost} {currency}", "Общая сумма: {cost} {currency}"),
    "months": ("{months} months", "{months} мес."),
    "month": ("month", "месяц"),
    "on": ("on", "включено"),
    "off": ("off", "выключено"),
}

#: what an operation's function is called
TITLES: Mapping[str, tuple[str, str]] = {
    "order_item": ("Order", "Заказ"),
    "order_item_by_query": ("Order", "Заказ"),
    "quick_order_item": ("Quick order", "Быстрый заказ"),
    "old_order_item": ("Old order", "Старый заказ"),
    "list_tariffs": ("Tariff plans", "Тарифные планы"),
    "get_cart": ("Cart", "Корзина"),
    "delete_cart_item": ("Delete an item", "Удаление позиции"),
    "empty_cart": ("Empty the cart", "Очистка корзины"),
    "confirm_cart_order": ("Confirm the order", "Подтверждение заказа"),
    "get_basket": ("Old cart", "Старая корзина"),
    "change_basket": ("Change the old cart", "Изменение старой корзины"),
    "list_payment_methods": ("Payment methods", "Методы оплаты"),
    "pay_order": ("Pay an order", "Оплата заказа"),
    "pay_payment": ("Payment", "Оплата"),
    "edit_service": ("Edit a service", "Изменение услуги"),
    "delete_service": ("Delete a service", "Удаление услуги"),
    "prolong_service": ("Renew a service", "Продление услуги"),
    "list_orders": ("Orders", "Заказы"),
    "list_payments": ("Payments", "Платежи"),
    "list_services": ("Services", "Услуги"),
    "list_accounts": ("Accounts", "Лицевые счета"),
    "make_login_key": ("New login key", "Новый ключ входа"),
    "log_in": ("Log in", "Авторизация"),
    "unknown_function": ("Unknown function", "Неизвестная функция"),
}


def say(texts: Mapping[str, tuple[str, str]], name: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """The text of that name in the language, filled with facts."""
    return texts[name][LANGUAGES.index(language)].format_map(facts or {})
