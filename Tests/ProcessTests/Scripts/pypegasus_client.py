"""Drives the public Python client pypegasus3 against a cluster and prints one line per check.

usage: pypegasus_client.py META_HOST:PORT TABLE    (the table must exist and be empty)
"""

import sys

from twisted.internet import defer, reactor

from pypegasus.pgclient import Pegasus
from pypegasus.utils.tools import ScanOptions

OK, NOT_FOUND = 0, 23
failures = []


def check(what, seen, wanted):
    verdict = "ok" if seen == wanted else "FAILED: saw %r, wanted %r" % (seen, wanted)
    print("%s: %s" % (what, verdict), flush=True)
    if seen != wanted:
        failures.append(what)


@defer.inlineCallbacks
def drive(meta, table):
    client = Pegasus([meta], table)
    connected = yield client.init()
    check("connect", connected, True)

    check("set", (yield client.set("user1", "name", "Ada"))[0], OK)
    check("get", (yield client.get("user1", "name")), (OK, b"Ada"))
    check("get missing", (yield client.get("user1", "nobody"))[0], NOT_FOUND)
    check("exist", (yield client.exist("user1", "name"))[0], OK)
    check("ttl without", (yield client.ttl("user1", "name")), (OK, -1))

    yield client.set("user1", "session", "s", 100)
    code, left = yield client.ttl("user1", "session")
    check("ttl", (code, 95 <= left <= 100), (OK, True))

    code, _ = yield client.multi_set("user2", {"a": "1", "b": "2", "c": "3"})
    check("multi_set", code, OK)
    code, rows = yield client.multi_get("user2", {"a", "c"})
    check("multi_get", (code, sorted(rows.values())), (OK, [b"1", b"3"]))
    check("sort_key_count", (yield client.sort_key_count("user2")), (OK, 3))
    code, keys = yield client.get_sort_keys("user2")
    check("get_sort_keys", (code, sorted(k if isinstance(k, bytes) else k.encode() for k in keys)), (OK, [b"a", b"b", b"c"]))
    check("multi_del", (yield client.multi_del("user2", {"a", "b"}))[0], OK)
    check("sort_key_count after", (yield client.sort_key_count("user2")), (OK, 1))
    check("remove", (yield client.remove("user1", "name"))[0], OK)
    check("get removed", (yield client.get("user1", "name"))[0], NOT_FOUND)

    for number in range(50):
        yield client.set("scan", "s%03d" % number, "v%d" % number)
    options = ScanOptions()
    options.batch_size = 7
    scanner = client.get_scanner("scan", "s000", "t", options)
    seen = 0
    while True:
        row = yield scanner.get_next()
        if row is None:
            break
        seen += 1
    scanner.close()
    check("scan one hash key", seen, 50)

    total = 0
    for scanner in client.get_unordered_scanners(2, options):
        while True:
            row = yield scanner.get_next()
            if row is None:
                break
            total += 1
        scanner.close()
    check("scan all", total, 52)
    client.close()

    absent = Pegasus([meta], table + "_absent")
    connected = yield absent.init()
    check("table not found", bool(connected), False)
    absent.close()


def main():
    work = drive(sys.argv[1], sys.argv[2])

    def done(result):
        if result is not None and hasattr(result, "getErrorMessage"):
            print("FAILED: %s" % result.getTraceback(), flush=True)
            failures.append("exception")
        reactor.stop()

    work.addBoth(done)
    reactor.callLater(60, reactor.stop)
    reactor.run()
    print("pypegasus3: %d failed" % len(failures), flush=True)
    sys.exit(1 if failures or not work.called else 0)


main()
