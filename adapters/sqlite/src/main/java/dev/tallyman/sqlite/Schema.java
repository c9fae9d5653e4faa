package dev.tallyman.sqlite;

import dev.tallyman.core.store.StoreException;
import java.sql.SQLException;
import java.util.List;

/** The tables, and how a database of an earlier version becomes one of this version. */
final class Schema {
  /** Marks a database as ours in its header; "Tlly" in ASCII. */
  private static final int APPLICATION_ID = 0x546c6c79;

  /**
   * The steps from an empty database, the first to version 1. Steps are only ever added.
   *
   * <p>Keys are blobs, so that they are ordered by their bytes. Items have row ids because most are
   * larger than a twentieth of a page: kept in the tree of the keys they would make it deep.
   */
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE item (
                partition BLOB NOT NULL,
                sort BLOB NOT NULL,
                version INTEGER NOT NULL,
                expires INTEGER, -- seconds since 1970; null for never
                bytes BLOB NOT NULL,
                PRIMARY KEY (partition, sort)
              )
              """),
          List.of("CREATE INDEX item_expires ON item (expires) WHERE expires IS NOT NULL"));

  private Schema() {}

  /** Brings the database to this version. */
  static void migrate(Session session, String name) throws SQLException {
    // One look at all: between two, another process may make the tables.
    if (session.inSnapshot(snapshot -> version(snapshot, name)) < STEPS.size()) {
      session.inTransaction(transaction -> {
        // Read again: another process may have done it since.
        for (int done = version(transaction, name); done < STEPS.size(); done++) {
          for (var statement : STEPS.get(done)) {
            transaction.run(statement);
          }
          transaction.run("PRAGMA user_version = " + (done + 1));
        }
        transaction.run("PRAGMA application_id = " + APPLICATION_ID);
        return true;
      });
    }
  }

  /**
   * Refuses a database that cannot be read as it is. What the versions since the first have added
   * is an index only, so all of them can.
   *
   * @throws StoreException if it is newer or another program's; the message says what to do
   */
  static void requireReadable(Session session, String name) throws SQLException {
    var _ = session.inSnapshot(snapshot -> version(snapshot, name));
  }

  private static int version(Session session, String name) throws SQLException {
    int version = number(session, "PRAGMA user_version");
    int application = number(session, "PRAGMA application_id");
    boolean empty = number(session, "SELECT count(*) FROM sqlite_schema") == 0;
    if (application != APPLICATION_ID && !empty) {
      throw new StoreException(
          name + " is the database of another program; name another folder for the data", false);
    }
    if (version > STEPS.size()) {
      throw new StoreException(
          name
              + " was written by a newer Tallyman (its schema is "
              + version
              + ", this Tallyman knows up to "
              + STEPS.size()
              + "); run the newer one, or name another folder for the data",
          false);
    }
    return version;
  }

  private static int number(Session session, String sql) throws SQLException {
    try (var result = session.statement(sql).executeQuery()) {
      return result.next() ? result.getInt(1) : 0;
    }
  }
}
