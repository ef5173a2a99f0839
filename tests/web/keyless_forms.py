"""Name the forms that say no key of their own, and why a second sending of them does no harm."""

VILLAGER = "a villager has no user: what was said is known by what it says (cases/public_actions.py)"
SHOWS = "it changes nothing but how a page looks"
SIGNS_IN = "nobody is signed in yet; whoever is goes on to where the first sending led"
LEADS = "it changes nothing: each sending draws what belongs to a way of its own"
#: The forms that say no key, and why they need none.
WITHOUT_KEY = {
    "case_status.show_case": SHOWS,
    "case_status.rate": VILLAGER,
    "case_status.reopen": VILLAGER,
    "case_status.add_words": VILLAGER,
    "home.save_display": SHOWS,
    "working_days.preview": SHOWS,
    "verification.check": SHOWS,
    "sign_in.enter": SIGNS_IN,
    "sign_in.check_code": SIGNS_IN,
    "sign_in.check_passkey": SIGNS_IN,
    "sign_out.leave": SIGNS_IN,
    "openid.lead": LEADS,
    "openid.prove": LEADS,
    "first_administrator.begin": SIGNS_IN,
    "first_administrator.check": SHOWS,
}
