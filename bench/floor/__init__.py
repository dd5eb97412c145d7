"""The floor of the measurements: the smallest Django application that does the work of a click or a page.

Django as `startproject` sets it up, with the server, the database and its pool, and the sessions in the
database, as Stint has them. A user is signed in and has rows of one table: one is read, inserted or updated,
or some are listed on a page.
"""
