package dev.tallyman.sqlite;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store in one SQLite file, which several processes may use at once.
 *
 * <p>Nothing is opened or made before the first operation. Writes go through one connection, one at
 * a time; reads go through a few others and wait for no writer. A write that was answered survives
 * the death of the process; the last writes before a power failure may be lost, but never torn or
 * out of order.
 *
 * <p>The driver is native code: run Java with {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class SqliteStore implements Store {
  /** How long a write waits for the writer of another process. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A thread inside the driver keeps its carrier thread, so there are no more than these. */
  private static final int READERS = 4;

  /** So many expired items are removed at once, so that no other writer waits long. */
  private static final int ITEMS_PER_PURGE = 500;

  private static final long LEAST_FREE_BYTES = 64L * 1024 * 1024;

  private static final String UPSERT =
      """
      INSERT INTO item (partition, sort, version, expires, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (partition, sort) DO UPDATE
      SET version = excluded.version, expires = excluded.expires, bytes = excluded.bytes
      """;

  private static final String UPDATE =
      """
      UPDATE item SET version = ?3, expires = ?4, bytes = ?5 WHERE partition = ?1 AND sort = ?2
      """;

  private static final String DELETE =
      """
      DELETE FROM item WHERE partition = ?1 AND sort = ?2
      """;

  private static final String SELECT =
      """
      SELECT sort, version, expires, bytes FROM item
      WHERE partition = ?1 AND sort BETWEEN ?2 AND ?3 AND (expires IS NULL OR expires > ?4)
      ORDER BY sort\
      """;

  private static final String PURGE =
      """
      DELETE FROM item WHERE rowid IN (SELECT rowid FROM item WHERE expires <= ?1 LIMIT ?2)
      """;

  private final Path file;
  private final Database database;
  private final InstantSource clock;
  private final Lock writing = new ReentrantLock();
  private final Semaphore reading = new Semaphore(READERS, true);
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private volatile @Nullable Session writer;

  /** Set once the file could not be opened for writing; it is then read as it is. */
  private volatile boolean unwritable;

  /** What was found of an item that cannot be read. */
  private volatile @Nullable String damaged;

  private volatile @Nullable Object opened;
  private volatile boolean closed;

  /**
   * A store in this file, which is made with its folder when first used, readable by this user
   * only.
   */
  public SqliteStore(Path file, InstantSource clock) {
    this(file, clock, PATIENCE);
  }

  SqliteStore(Path file, InstantSource clock, Duration patience) {
    this.file = file;
    this.database = new Database(file, patience);
    this.clock = clock;
  }

  @Override
  public Optional<Item> get(Key key) {
    return read(session -> select(session, key));
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit of " + limit + "; at least 1 is needed");
    }
    return read(session -> select(session, partition, from, to, order, limit));
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    return write(
        "write",
        session -> {
          if (upsert(session, item, condition)) {
            return new PutResult.Stored();
          }
          // Once more, so that what is shown as standing in the way is what did.
          return session.inTransaction(transaction ->
              upsert(transaction, item, condition)
                  ? new PutResult.Stored()
                  : new PutResult.Refused(select(transaction, item.key())));
        });
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    return write(
        "write",
        session ->
            remove(session, key, condition)
                || session.inTransaction(transaction ->
                    remove(transaction, key, condition) || select(transaction, key).isEmpty()));
  }

  @Override
  public void purge() {
    while (write("write", this::purge) == ITEMS_PER_PURGE) {
      // Some are left.
    }
  }

  @Override
  public Optional<String> check() {
    try {
      Optional<String> damage = read(SqliteStore::damage);
      if (damage.isPresent()) {
        return Optional.of(file + " is damaged; " + Database.REPLACE + " (" + damage.get() + ")");
      }
      String known = damaged;
      if (known != null) {
        return Optional.of(known);
      }
      probe();
      long free = Files.getFileStore(file).getUsableSpace();
      return free >= LEAST_FREE_BYTES
          ? Optional.empty()
          : Optional.of(
              "only "
                  + free / 1024 / 1024
                  + " MB are free on the disk of "
                  + file
                  + "; make room there");
    } catch (StoreException e) {
      return Optional.of(e.getMessage());
    } catch (IOException e) {
      return Optional.of("cannot see how much room is left for " + file + " (" + e + ")");
    }
  }

  /** Remembers it for {@link #check}, since the pages that hold such bytes may be whole. */
  @Override
  public StoreException unreadable(Key key, Exception why) {
    StoreException failure =
        StoreException.unreadable(
            file.toString(), key, "update Tallyman, or " + Database.REPLACE, why);
    damaged = failure.getMessage();
    return failure;
  }

  /** What the database finds wrong with its pages. */
  private static Optional<String> damage(Session session) throws SQLException {
    try (var rows = session.statement("PRAGMA quick_check(1)").executeQuery()) {
      String found = rows.next() ? rows.getString(1) : "no answer";
      return "ok".equals(found) ? Optional.empty() : Optional.of(found.strip().replace('\n', ' '));
    }
  }

  /**
   * Says that the file that this store opened is gone, with what to do; empty if it is there or was
   * not opened yet. From then on every operation fails, since nobody else would ever see what is
   * written.
   */
  public Optional<String> lost() {
    var known = opened;
    return known == null || database.identity().filter(known::equals).isPresent()
        ? Optional.empty()
        : Optional.of(
            file
                + " is gone: it was deleted, moved or replaced while this process used it; put it"
                + " back, or not, and start again");
  }

  @Override
  public void close() {
    writing.lock();
    try {
      closed = true;
      closeIdle();
      if (writer != null) {
        // Last, so that the log is moved into the database and removed.
        writer.close();
        writer = null;
      }
    } catch (SQLException e) {
      throw database.failure("close", e);
    } finally {
      writing.unlock();
    }
  }

  private <T> T read(Session.Work<T> work) {
    requireOpen();
    if (writer == null && !unwritable) {
      prepare();
    }
    requirePresent();
    reading.acquireUninterruptibly();
    try {
      var session = idle.pollFirst();
      if (session == null) {
        session = unwritable ? database.openUnwritable() : database.openReader();
        remember();
      }
      T result;
      try {
        result = work.on(session);
      } catch (SQLException | RuntimeException e) {
        session.close();
        throw e;
      }
      if (session.lasting()) {
        idle.addFirst(session);
      } else {
        session.close();
      }
      if (closed) {
        closeIdle();
      }
      return result;
    } catch (SQLException e) {
      throw database.failure("read", e);
    } finally {
      reading.release();
    }
  }

  /** Makes the file or brings it up to date; one that cannot be written is read as it is. */
  private void prepare() {
    writing.lock();
    try {
      requireOpen();
      writer();
    } catch (SQLException e) {
      if (!database.isUnwritable(e)) {
        throw database.failure("open", e);
      }
      unwritable = true;
    } finally {
      writing.unlock();
    }
  }

  private <T> T write(String doing, Session.Work<T> work) {
    requireOpen();
    writing.lock();
    try {
      requireOpen();
      var session = writer();
      requirePresent();
      return work.on(session);
    } catch (SQLException e) {
      throw database.failure(doing, e);
    } finally {
      writing.unlock();
    }
  }

  /** The session that writes, opened at its first use; for who holds the lock. */
  private Session writer() throws SQLException {
    var session = writer;
    if (session == null) {
      requirePresent();
      session = database.openWriter();
      remember();
      writer = session;
      unwritable = false;
    }
    return session;
  }

  private void remember() {
    if (opened == null) {
      opened = database.identity().orElse(file);
    }
  }

  private void requirePresent() {
    lost()
        .ifPresent(message -> {
          throw new StoreException(message, false);
        });
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store in " + file + " is closed");
    }
  }

  private void closeIdle() throws SQLException {
    for (var session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
      session.close();
    }
  }

  private Optional<Item> select(Session session, Key key) throws SQLException {
    return select(session, key.partition(), key.sort(), key.sort(), Order.ASCENDING, 1).stream()
        .findFirst();
  }

  private List<Item> select(
      Session session, String partition, String from, String to, Order order, int limit)
      throws SQLException {
    var statement =
        session.statement(SELECT + (order == Order.ASCENDING ? "" : " DESC") + " LIMIT ?5");
    statement.setBytes(1, utf8(partition));
    statement.setBytes(2, utf8(from));
    statement.setBytes(3, utf8(to));
    statement.setLong(4, now());
    statement.setInt(5, limit);
    try (var rows = statement.executeQuery()) {
      var items = new ArrayList<Item>();
      while (rows.next()) {
        items.add(item(partition, rows));
      }
      return items;
    }
  }

  private boolean upsert(Session session, Item item, Condition condition) throws SQLException {
    PreparedStatement statement;
    switch (condition) {
      case Condition.Always() -> statement = session.statement(UPSERT);
      case Condition.Absent() -> {
        statement = session.statement(UPSERT + "WHERE item.expires <= ?6");
        statement.setLong(6, now());
      }
      case Condition.Below(var version) -> {
        statement = session.statement(UPSERT + "WHERE item.expires <= ?6 OR item.version < ?7");
        statement.setLong(6, now());
        statement.setLong(7, version);
      }
      case Condition.VersionIs(var version) -> {
        statement =
            session.statement(UPDATE + "AND (expires IS NULL OR expires > ?6) AND version = ?7");
        statement.setLong(6, now());
        statement.setLong(7, version);
      }
    }
    statement.setBytes(1, utf8(item.key().partition()));
    statement.setBytes(2, utf8(item.key().sort()));
    statement.setLong(3, item.version());
    if (item.expires().isPresent()) {
      statement.setLong(4, item.expires().get().getEpochSecond());
    } else {
      statement.setNull(4, Types.INTEGER);
    }
    statement.setBytes(5, item.bytes().toArray());
    return statement.executeUpdate() == 1;
  }

  /** Removes what is under a key if it is expired or meets the condition. */
  private boolean remove(Session session, Key key, Condition condition) throws SQLException {
    PreparedStatement statement;
    switch (condition) {
      case Condition.Always() -> statement = session.statement(DELETE);
      case Condition.Absent() -> {
        statement = session.statement(DELETE + "AND expires <= ?3");
        statement.setLong(3, now());
      }
      case Condition.Below(var version) -> {
        statement = session.statement(DELETE + "AND (expires <= ?3 OR version < ?4)");
        statement.setLong(3, now());
        statement.setLong(4, version);
      }
      case Condition.VersionIs(var version) -> {
        statement = session.statement(DELETE + "AND (expires <= ?3 OR version = ?4)");
        statement.setLong(3, now());
        statement.setLong(4, version);
      }
    }
    statement.setBytes(1, utf8(key.partition()));
    statement.setBytes(2, utf8(key.sort()));
    return statement.executeUpdate() == 1;
  }

  /** Removes some; answers how many. */
  private int purge(Session session) throws SQLException {
    var statement = session.statement(PURGE);
    statement.setLong(1, now());
    statement.setInt(2, ITEMS_PER_PURGE);
    return statement.executeUpdate();
  }

  private static Item item(String partition, ResultSet row) throws SQLException {
    var key = new Key(partition, new String(row.getBytes(1), StandardCharsets.UTF_8));
    long expires = row.getLong(3);
    var expiry =
        row.wasNull() ? Optional.<Instant>empty() : Optional.of(Instant.ofEpochSecond(expires));
    return new Item(key, row.getLong(2), expiry, Bytes.of(row.getBytes(4)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The clock's time in whole seconds: an item has expired once this has reached its expiry. */
  private long now() {
    return clock.instant().getEpochSecond();
  }
}
