/// The tables of the journal, and the way to them from every older format.
enum JournalSchema {
  /// Tells our files from other programs' ("jobs").
  static let applicationID: Int64 = 0x6a6f_6273

  /// The scripts that lead from format n to n + 1. Never change one that was released: add another.
  static let migrations = [
    """
    CREATE TABLE jobs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, command_line TEXT NOT NULL,
      parameters TEXT NOT NULL, operator TEXT NOT NULL, created_at INTEGER NOT NULL,
      state TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '', started_at INTEGER, ended_at INTEGER,
      error TEXT NOT NULL DEFAULT '', outcome TEXT, rate TEXT
    );
    CREATE TABLE steps (
      job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, number INTEGER NOT NULL,
      name TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, started_at INTEGER, ended_at INTEGER,
      detail TEXT, error TEXT,
      PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE TABLE checkpoints (
      job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, step TEXT NOT NULL, part INTEGER NOT NULL,
      position BLOB, finished INTEGER NOT NULL, detail TEXT,
      PRIMARY KEY (job, step, part)
    ) WITHOUT ROWID;
    CREATE TABLE progress (
      job INTEGER PRIMARY KEY REFERENCES jobs(id) ON DELETE CASCADE, body TEXT NOT NULL,
      written_at INTEGER NOT NULL
    );
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      time INTEGER NOT NULL, kind TEXT NOT NULL, fields TEXT NOT NULL
    );
    CREATE INDEX events_of_job ON events (job, id);
    CREATE TABLE requests (
      id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      request TEXT NOT NULL, asker TEXT NOT NULL, made_at INTEGER NOT NULL, taken_at INTEGER, refusal TEXT
    );
    CREATE INDEX requests_of_job ON requests (job, id);
    """
  ]

  static var newest: Int64 { Int64(migrations.count) }
}
