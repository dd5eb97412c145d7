"""Dates, as pages ask for them by name; what a page has no name for, as in the admin, is ISO."""

DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"

DAY_FORMAT = "j M"
DAY_YEAR_FORMAT = "j M Y"
LONG_DAY_FORMAT = "j F"
FULL_DAY_FORMAT = "j F Y"
WEEKDAY_FORMAT = "D"
WEEKDAY_DAY_FORMAT = "D j"
LONG_WEEKDAY_FORMAT = "l, j F"
MONTH_FORMAT = "F Y"
FULL_WEEKDAY_FORMAT = "l, j F Y"
#: From the one to the other: "16–22 November".
FIRST_DAY_FORMAT = "j"
LAST_DAY_FORMAT = "j F"
