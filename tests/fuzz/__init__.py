"""Generated requests to every address and every field, by every role, on both databases.

    python -m tests.fuzz                     # 20,000 requests on SQLite and on PostgreSQL
    python -m tests.fuzz --seed 7 --only 812 # request 812 of that run once more, with all that is known of it

No answer is a 5xx, no page shows what somebody typed as markup, and both databases come to the same: status,
redirect, page and, after every chapter of requests, every row of every table. What is random is drawn from
the seed and the number of the request, and the clock stands still at a moment that follows from them too, so
any request can be made again.
"""
