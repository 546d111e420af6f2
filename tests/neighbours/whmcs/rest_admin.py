"""REST operations of administrators: logging in, searching, and masquerading as users."""

from logins import clear_failures, count_failure, refuse_banned
from rest_user import challenge, client_shape, enter, pending, read_factor
from sessions import factor_ok
from state import matches
from wire import ProblemError, answer, body, need_dict, need_query, nothing, operation, paged, take_text


def admin_shape(admin):
    """Build an Administrator."""
    return {
        "email": admin["email"],
        "firstname": admin["firstname"],
        "lastname": admin["lastname"],
        "role": admin["role"],
    }


def admin_user_shape(call, user):
    """Build an AdminUser."""
    return {
        "id": user["id"],
        "email": user["email"],
        "firstname": user["firstname"],
        "lastname": user["lastname"],
        "clients": [client_shape(call, one) for one in call.store.owned(user)],
    }


@operation("POST", "/admin/session")
def log_in(call):
    """Log an administrator in, in a new session; a second factor is asked for with 412."""
    wish = body()
    name, password = take_text(wish, "username", 3, 255), take_text(wish, "password", 4, 64)
    refuse_banned()
    admin = next((one for one in call.store.admins.values() if one["username"] == name), None)
    if not admin or not matches(password, admin["password"]):
        count_failure()
        raise ProblemError(401, "The watch does not let you aboard with that.")
    clear_failures()
    call.session = call.sessions.begin()
    if admin["factor"]:
        call.session.pending = ("admin", admin["id"])
        return answer(raw=challenge(), status=412)
    call.session.admin = admin["id"]
    return answer(admin_shape(admin))


@operation("POST", "/admin/session/verify")
def verify(call):
    """Finish the login of an administrator with a second factor."""
    admin = call.store.admins[pending(call, "admin")]
    code = read_factor(need_dict(body().get("fields"), "fields"))
    if not factor_ok(admin["factor"], code):
        raise ProblemError(412, "That is not the code of this moment.")
    call.session.pending, call.session.admin = None, admin["id"]
    return answer(admin_shape(admin))


@operation("DELETE", "/admin/session")
def log_out(call):
    """Log the administrator out, and with them the user they masquerade as."""
    call.need_admin()
    call.session.admin = call.session.user = call.session.client = None
    call.sessions.end_if_empty(call.session)
    return nothing()


@operation("GET", "/admin/system/status")
def system_status(call):
    """Tell how much there is."""
    call.need_admin()
    store = call.store
    return answer(
        {
            "condition": "calm",
            "sessions": len(call.sessions.kept),
            "carts": len(store.carts),
            "clients": len(store.clients),
            "services": len(store.services),
            "orders": len(store.orders),
        }
    )


@operation("GET", "/admin/clients/search")
def search_clients(call):
    """Find clients by a part of their company, name or e-mail address."""
    call.need_admin()
    text = need_query("query", 3, 128).lower()
    found = []
    for one in call.store.clients.values():
        if text in f"{one['companyname']} {one['firstname']} {one['lastname']} {one['email']}".lower():
            found.append({**client_shape(call, one), "id": one["id"], "status": one["status"]})
    return paged(found)


@operation("GET", "/admin/users/search")
def search_users(call):
    """Find users by a part of their name or e-mail address."""
    call.need_admin()
    text = need_query("query", 3, 128).lower()
    return paged(
        admin_user_shape(call, one)
        for one in call.store.users.values()
        if text in f"{one['firstname']} {one['lastname']} {one['email']}".lower()
    )


@operation("POST", "/admin/clients/<int:client_id>/session")
def masquerade_client(call, client_id):
    """Become the owner of a client, working for that client; the administrator stays logged in."""
    call.need_admin()
    client = call.store.clients.get(client_id)
    if not client:
        raise ProblemError(404, "There is no client with that number.")
    user = call.store.owner(client)
    enter(call, user, client)
    return answer(admin_user_shape(call, user))


@operation("POST", "/admin/users/<int:user_id>/session")
def masquerade_user(call, user_id):
    """Become a user, working for one of the clients they own."""
    call.need_admin()
    user = call.store.users.get(user_id)
    if not user or not call.store.owned(user):
        raise ProblemError(404, "There is no user with that number who owns a client.")
    enter(call, user)
    return answer(admin_user_shape(call, user))
