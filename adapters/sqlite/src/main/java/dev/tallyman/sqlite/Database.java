package dev.tallyman.sqlite;

import dev.tallyman.core.store.StoreException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.sqlite.JDBC;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** One database file: makes it, connects to it, and says what its errors mean. */
final class Database {
  private static final int PAGE_BYTES = 8_192;

  /** A log of 16 MB is moved into the database, which is when the disk is waited for. */
  private static final int PAGES_PER_CHECKPOINT = 16 * 1024 * 1024 / PAGE_BYTES;

  /** As many may open a new file together and each be in the others' way once. */
  private static final int MOST_TRIES = 50;

  /** What keeps a file from being written, though not always from being read. */
  private static final Set<Integer> UNWRITABLE =
      Set.of(
          SQLiteErrorCode.SQLITE_READONLY.code,
          SQLiteErrorCode.SQLITE_PERM.code,
          SQLiteErrorCode.SQLITE_CANTOPEN.code,
          SQLiteErrorCode.SQLITE_FULL.code,
          SQLiteErrorCode.SQLITE_IOERR.code);

  /** Reads the file alone, as if nobody would ever write it. */
  private static final String IMMUTABLE = "?immutable=1";

  /** What to do about a file that is damaged. */
  static final String REPLACE = "move it away, or put back a copy of it";

  private final Path file;
  private final Duration patience;

  /** Uses this file, and waits so long for the writer of another process. */
  Database(Path file, Duration patience) {
    this.file = file;
    this.patience = patience;
  }

  /** Makes the file if there is none, brings it to this version, and connects for writing. */
  Session openWriter() throws SQLException {
    create();
    return connect(
        "",
        session -> {
          // Has no effect but on an empty database.
          session.run("PRAGMA page_size = " + PAGE_BYTES);
          useWriteAheadLog(session);
          session.run("PRAGMA synchronous = NORMAL");
          session.run("PRAGMA wal_autocheckpoint = " + PAGES_PER_CHECKPOINT);
          Schema.migrate(session, file.toString());
          return session;
        });
  }

  /**
   * Turns a new file to its log. For that SQLite needs the file alone and, where others are about
   * the same, refuses without any patience; so this waits behind them as a writer and tries again.
   */
  private static void useWriteAheadLog(Session session) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        session.run("PRAGMA journal_mode = WAL");
        return;
      } catch (SQLException e) {
        if (!isBusy(e) || tries == MOST_TRIES) {
          throw e;
        }
        session.inTransaction(waited -> waited);
      }
    }
  }

  /** Connects for reading a database that a writer has opened before. */
  Session openReader() throws SQLException {
    return connect("", Database::readOnly);
  }

  /**
   * Connects for reading a database that cannot be written. Where even the index of its log cannot
   * be made, it is read as it is, for one use only: then nothing tells of another's writes.
   */
  Session openUnwritable() throws SQLException {
    Session.Work<Session> prepare =
        session -> {
          Schema.requireReadable(session, file.toString());
          return readOnly(session);
        };
    try {
      return connect("", prepare);
    } catch (SQLException e) {
      if (!isUnwritable(e) || hasLog()) {
        throw e;
      }
      return connect(IMMUTABLE, prepare);
    }
  }

  private static Session readOnly(Session session) throws SQLException {
    session.run("PRAGMA query_only = ON");
    return session;
  }

  /** Whether a log beside it holds what is not in the file yet. */
  private boolean hasLog() {
    var log = file.resolveSibling(file.getFileName() + "-wal");
    try {
      return Files.isRegularFile(log) && Files.size(log) > 0;
    } catch (IOException _) {
      return true;
    }
  }

  /** Whether this error of a writer leaves a file that may still be read. */
  boolean isUnwritable(SQLException e) {
    try {
      return UNWRITABLE.contains(code(e)) && Files.isRegularFile(file) && Files.size(file) > 0;
    } catch (IOException _) {
      return false;
    }
  }

  /** Which file this is, whatever its name; empty if there is none. */
  Optional<Object> identity() {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(Objects.requireNonNullElse(attributes.fileKey(), file));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Session connect(String mode, Session.Work<Session> prepare) throws SQLException {
    var location = mode.isEmpty() ? file.toAbsolutePath() : file.toAbsolutePath().toUri() + mode;
    var session =
        new Session(
            JDBC.createConnection(JDBC.PREFIX + location, new Properties()), mode.isEmpty());
    try {
      session.run("PRAGMA busy_timeout = " + patience.toMillis());
      return prepare.on(session);
    } catch (SQLException | RuntimeException e) {
      try {
        session.close();
      } catch (SQLException close) {
        e.addSuppressed(close);
      }
      throw e;
    }
  }

  private void create() {
    if (file.toString().indexOf('?') >= 0) {
      // The driver takes what follows a question mark for settings.
      throw new StoreException(
          file + " has a question mark in its name; name another folder for the data", false);
    }
    if (Files.isRegularFile(file)) {
      return;
    }
    try {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder, privately(folder, "rwx------"));
      }
      // The log and its index that SQLite keeps beside it get the same permissions.
      Files.createFile(file, privately(file, "rw-------"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isRegularFile(file)) {
        throw unmakeable(e);
      }
    } catch (IOException e) {
      throw unmakeable(e);
    }
  }

  private StoreException unmakeable(IOException e) {
    return new StoreException(
        "cannot make "
            + file
            + "; name a folder for the data in which this user may write ("
            + e
            + ")",
        e,
        false);
  }

  private static FileAttribute<?>[] privately(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[] {};
  }

  /** What an error of the driver means, and what to do about it. */
  StoreException failure(String doing, SQLException e) {
    int code = code(e);
    if (isBusy(e)) {
      return new StoreException(
          "cannot " + doing + " " + file + ": another process is writing it; try again", e, true);
    }
    return new StoreException(
        "cannot " + doing + " " + file + ": " + remedy(code) + " (" + e.getMessage() + ")",
        e,
        false);
  }

  private static boolean isBusy(SQLException e) {
    int code = code(e);
    return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
  }

  /** The driver's primary result code; -1 if the error is not SQLite's. */
  private static int code(SQLException e) {
    return e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
  }

  private static String remedy(int code) {
    if (code == SQLiteErrorCode.SQLITE_NOTADB.code || code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
      return "it is damaged or no database; " + REPLACE;
    }
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      return "its disk is full; make room there";
    }
    if (code == SQLiteErrorCode.SQLITE_READONLY.code
        || code == SQLiteErrorCode.SQLITE_PERM.code
        || code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
      return "let this user write it and its folder";
    }
    if (code == SQLiteErrorCode.SQLITE_IOERR.code) {
      return "its disk refuses; check that disk, and put back a copy if the file is damaged";
    }
    return "see what the database says";
  }
}
