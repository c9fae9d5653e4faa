package dev.tallyman.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** One connection with the statements prepared on it, for one thread at a time. */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final boolean lasting;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /**
   * A session.
   *
   * @param lasting whether it sees what others write later, so that it may be used again
   */
  Session(Connection connection, boolean lasting) {
    this.connection = connection;
    this.lasting = lasting;
  }

  /** Whether it may be used again. */
  boolean lasting() {
    return lasting;
  }

  /** The statement of this text, prepared at its first use and closed with the session. */
  PreparedStatement statement(String sql) throws SQLException {
    var known = statements.get(sql);
    if (known != null) {
      return known;
    }
    var prepared = connection.prepareStatement(sql);
    statements.put(sql, prepared);
    return prepared;
  }

  /** Runs a statement that has no parameters; what it returns is dropped. */
  void run(String sql) throws SQLException {
    // Closed at once: the driver cannot commit while a statement, be it a pragma, has rows left.
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What this work returns, run in a transaction that holds the right to write from the start. */
  <T> T inTransaction(Work<T> work) throws SQLException {
    return between("BEGIN IMMEDIATE", work);
  }

  /** What this work returns, run on the database as it is at its first statement. */
  <T> T inSnapshot(Work<T> work) throws SQLException {
    return between("BEGIN", work);
  }

  private <T> T between(String begin, Work<T> work) throws SQLException {
    run(begin);
    T result;
    try {
      result = work.on(this);
      run("COMMIT");
    } catch (SQLException | RuntimeException e) {
      try {
        run("ROLLBACK");
      } catch (SQLException rollback) {
        e.addSuppressed(rollback);
      }
      throw e;
    }
    return result;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** What is done on a session. */
  @FunctionalInterface
  interface Work<T> {
    T on(Session session) throws SQLException;
  }
}
