package dev.tallyman.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's store does with its file. */
final class SqliteFileTest {
  /** The first version of the schema, as it was written then. */
  private static final String SCHEMA_1 =
      """
      CREATE TABLE item (
        partition BLOB NOT NULL,
        sort BLOB NOT NULL,
        version INTEGER NOT NULL,
        expires INTEGER,
        bytes BLOB NOT NULL,
        PRIMARY KEY (partition, sort)
      );
      INSERT INTO item VALUES (x'70', x'73', 7, 1795255200, x'6f6c64');
      PRAGMA application_id = 0x546c6c79;
      PRAGMA user_version = 1;
      """;

  private static final Key KEY = new Key("p", "s");

  @TempDir Path folder;

  private final MovableClock clock = MovableClock.at("2026-11-21T09:00:00Z");

  @Test
  void nothingIsMadeBeforeTheFirstOperation() {
    try (var store = store()) {
      assertThat(folder.resolve("data")).doesNotExist();
      assertThat(store.get(KEY)).isEmpty();
      assertThat(file()).isRegularFile();
    }
  }

  @Test
  void onlyThisUserMayReadTheFiles() throws IOException {
    try (var store = store()) {
      put(store, "x", Optional.empty());

      try (var files = Files.list(file().getParent())) {
        assertThat(files)
            .hasSizeGreaterThan(1)
            .allSatisfy(file ->
                assertThat(Files.getPosixFilePermissions(file))
                    .as(file.toString())
                    .isEqualTo(PosixFilePermissions.fromString("rw-------")));
      }
      assertThat(Files.getPosixFilePermissions(file().getParent()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aClosedStoreLeavesOneFile() throws IOException {
    try (var store = store()) {
      put(store, "x", Optional.empty());
      assertThat(store.get(KEY)).isPresent();
    }

    try (var files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void anOlderSchemaIsBroughtUpToDateAndKeepsItsItems() throws Exception {
    execute(SCHEMA_1);

    try (var store = store()) {
      assertThat(store.get(KEY))
          .contains(
              new Item(KEY, 7, Optional.of(Instant.parse("2026-11-21T10:00:00Z")), bytes("old")));
      put(store, "new", Optional.empty());
    }

    assertThat(number("PRAGMA user_version")).isEqualTo(2);
    assertThat(number("SELECT count(*) FROM sqlite_schema WHERE name = 'item_expires'")).isOne();
  }

  @Test
  void aNewerSchemaIsRefusedAndLeftAlone() throws Exception {
    execute(SCHEMA_1 + "PRAGMA user_version = 99;");

    try (var store = store()) {
      assertThatThrownBy(() -> store.get(KEY))
          .isInstanceOf(StoreException.class)
          .hasMessage(
              "%s was written by a newer Tallyman (its schema is 99, this Tallyman knows up to 2);"
                  + " run the newer one, or name another folder for the data",
              file());
      assertThat(store.check()).hasValueSatisfying(wrong -> assertThat(wrong).contains("newer"));
    }
    assertThat(number("PRAGMA user_version")).isEqualTo(99);
    assertThat(number("SELECT count(*) FROM item")).isOne();
  }

  @Test
  void theDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws Exception {
    execute("CREATE TABLE theirs (x);");

    try (var store = store()) {
      assertThatThrownBy(() -> put(store, "x", Optional.empty()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is the database of another program");
    }
    assertThat(number("SELECT count(*) FROM sqlite_schema")).isOne();
  }

  @Test
  void whatIsNoDatabaseIsRefusedWithTheRemedy() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "not a database, but longer than a hundred bytes".repeat(10));

    try (var store = store()) {
      assertThat(store.check())
          .hasValueSatisfying(wrong ->
              assertThat(wrong)
                  .startsWith("cannot open " + file() + ": it is damaged or no database;"));
      assertThatThrownBy(() -> store.get(KEY))
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse());
    }
  }

  @Test
  void anItemThatCannotBeReadIsNamedWithItsFileThoughAllPagesAreWhole() {
    try (var store = store()) {
      put(store, "x", Optional.empty());
      assertThat(store.check()).isEmpty();

      assertThatThrownBy(() -> store.decode(store.get(KEY).orElseThrow(), Fields::decode))
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse())
          .hasMessageStartingWith(
              "%s is damaged, or a newer Tallyman wrote it: the item %s / %s cannot be read;"
                  + " update",
              file(), KEY.partition(), KEY.sort());
      assertThat(store.check())
          .hasValueSatisfying(wrong -> assertThat(wrong).contains("the item " + KEY.partition()));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedWithTheRemedy() throws Exception {
    Files.writeString(folder.resolve("data"), "a file where the folder should be");

    try (var store = store()) {
      assertThat(store.check())
          .hasValueSatisfying(wrong ->
              assertThat(wrong)
                  .startsWith("cannot make " + file() + "; name a folder for the data"));
    }
  }

  @Test
  void aFileThatCannotBeWrittenIsReadAndSaysWhatKeepsItFromBeingWritten() throws Exception {
    try (var store = store()) {
      put(store, "before", Optional.empty());
    }
    // What SQLite needs beside the file to write it cannot be made; this holds for every user.
    Files.createDirectory(beside("-wal"));

    try (var store = store()) {
      assertThat(store.get(KEY)).map(Item::bytes).contains(bytes("before"));
      assertThatThrownBy(() -> put(store, "x", Optional.empty()))
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse())
          .hasMessageStartingWith("cannot write %s: let this user write it", file())
          .hasMessageNotContaining("\n");
      assertThat(store.check()).hasValueSatisfying(w -> assertThat(w).startsWith("cannot write "));
      assertThat(store.get(KEY)).map(Item::bytes).contains(bytes("before"));

      Files.delete(beside("-wal"));

      put(store, "after", Optional.empty());
      assertThat(store.get(KEY)).map(Item::bytes).contains(bytes("after"));
      assertThat(store.check()).isEmpty();
    }
  }

  @Test
  void aNewerSchemaThatCannotBeWrittenIsNotReadEither() throws Exception {
    execute(SCHEMA_1 + "PRAGMA journal_mode = WAL; PRAGMA user_version = 99;");
    Files.createDirectory(beside("-wal"));

    try (var store = store()) {
      assertThatThrownBy(() -> store.get(KEY))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("was written by a newer Tallyman");
    }
  }

  @CsvSource({
    "SQLITE_FULL, false, its disk is full; make room there",
    "SQLITE_IOERR_WRITE, false, its disk refuses; check that disk",
    "SQLITE_READONLY_DIRECTORY, false, let this user write it and its folder",
    "SQLITE_CANTOPEN, false, let this user write it and its folder",
    "SQLITE_CORRUPT_INDEX, false, it is damaged or no database; move it away",
    "SQLITE_NOTADB, false, it is damaged or no database; move it away",
    "SQLITE_BUSY_SNAPSHOT, true, another process is writing it; try again",
    "SQLITE_LOCKED, true, another process is writing it; try again",
    "SQLITE_INTERRUPT, false, see what the database says",
  })
  @ParameterizedTest
  void whatTheDatabaseSaysHasARemedy(SQLiteErrorCode code, boolean passing, String remedy) {
    StoreException failure =
        new Database(file(), Duration.ZERO).failure("write", new SQLiteException("why", code));

    assertThat(failure.passing()).isEqualTo(passing);
    assertThat(failure).hasMessageStartingWith("cannot write %s: %s", file(), remedy);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void damageIsFoundByTheCheckAndReadNowhereAsData(long seed) throws Exception {
    try (var store = store()) {
      for (int n = 0; n < 300; n++) {
        put(store, new Key("p", "" + n), "x".repeat(1_000), Optional.empty());
      }
    }
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    byte[] whole = Files.readAllBytes(file());
    if (seed % 2 == 0) {
      int length = 1 + random.nextInt(whole.length - 1);
      Files.write(file(), Arrays.copyOf(whole, length));
    } else {
      // The pages behind the first, whose heads are what a tree is walked by.
      for (int page = 8_192; page < whole.length; page += 8_192) {
        for (int i = 0; i < 16; i++) {
          whole[page + i] = (byte) random.nextInt();
        }
      }
      Files.write(file(), whole);
    }

    try (var store = store()) {
      assertThat(store.check())
          .as("seed %d", seed)
          .hasValueSatisfying(wrong ->
              assertThat(wrong).contains("damaged", "put back a copy").doesNotContain("\n"));
      assertThatThrownBy(() -> store.range("p", "", "~", Store.Order.ASCENDING, 1_000))
          .as("seed %d", seed)
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void aFileThatIsGoneIsNeitherReadNorWrittenAnyMore() throws Exception {
    try (var store = store()) {
      assertThat(store.lost()).isEmpty();
      put(store, "x", Optional.empty());
      assertThat(store.get(KEY)).isPresent();
      assertThat(store.lost()).isEmpty();

      for (var name : List.of("-wal", "-shm", "")) {
        Files.delete(beside(name));
      }

      assertThat(store.lost())
          .hasValueSatisfying(w -> assertThat(w).startsWith(file() + " is gone"));
      for (ThrowingCallable operation :
          List.<ThrowingCallable>of(
              () -> put(store, "x", Optional.empty()),
              () -> store.get(KEY),
              () -> store.delete(KEY, new Condition.Always()))) {
        assertThatThrownBy(operation)
            .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse())
            .hasMessageContaining("is gone: it was deleted, moved or replaced");
      }
      assertThat(store.check()).isEqualTo(store.lost());

      // Another in its place is not the one that was opened.
      Files.writeString(file(), "");
      assertThat(store.lost()).isPresent();
    }
  }

  @Test
  void aWriterOfAnotherProcessThatDoesNotEndIsAPassingFailure() throws Exception {
    try (var store = new SqliteStore(file(), clock, Duration.ofMillis(1))) {
      put(store, "before", Optional.empty());
      try (var other = connect()) {
        run(other, "BEGIN IMMEDIATE");

        assertThatThrownBy(() -> put(store, "x", Optional.empty()))
            .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isTrue());
        assertThat(store.get(KEY)).map(Item::bytes).contains(bytes("before"));

        run(other, "ROLLBACK");
      }
      put(store, "after", Optional.empty());
      assertThat(store.get(KEY)).map(Item::bytes).contains(bytes("after"));
    }
  }

  @Test
  void expiredItemsAreHiddenAndRemovedOnlyWhenAskedFor() throws Exception {
    try (var store = store()) {
      for (int n = 0; n < 2000; n++) {
        put(store, new Key("old", "" + n), "x", Optional.of(clock.instant().plusSeconds(n)));
      }
      clock.advance(Duration.ofDays(800));
      for (int n = 0; n < 100; n++) {
        put(store, new Key("new", "" + n), "x", Optional.empty());
      }
      assertThat(store.get(new Key("old", "1500"))).isEmpty();
      // A clock that ran ahead has destroyed nothing.
      clock.advance(Duration.ofDays(-800));
      assertThat(store.get(new Key("old", "1500"))).isPresent();
      assertThat(number("SELECT count(*) FROM item")).isEqualTo(2100);

      clock.advance(Duration.ofMinutes(30));
      store.purge();

      assertThat(number("SELECT count(*) FROM item")).isEqualTo(199 + 100);
    }
  }

  @Test
  void manyMayOpenANewFileTogether() throws Exception {
    for (int round = 0; round < 30; round++) {
      var file = folder.resolve("round" + round).resolve("tallyman.db");
      var start = new CyclicBarrier(6);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var opening =
            Stream.<Callable<PutResult>>generate(() ->
                    () -> {
                      try (var store = new SqliteStore(file, clock)) {
                        start.await();
                        return store.put(item(KEY, "x", Optional.empty()), new Condition.Absent());
                      }
                    })
                .limit(6)
                .map(threads::submit)
                .toList();
        int stored = 0;
        for (var one : opening) {
          stored += one.get() instanceof PutResult.Stored ? 1 : 0;
        }
        assertThat(stored).isOne();
      }
    }
  }

  private SqliteStore store() {
    return new SqliteStore(file(), clock);
  }

  private Path file() {
    return folder.resolve("data").resolve("tallyman.db");
  }

  private Path beside(String suffix) {
    return file().resolveSibling(file().getFileName() + suffix);
  }

  private static void put(SqliteStore store, String content, Optional<Instant> expires) {
    put(store, KEY, content, expires);
  }

  private static void put(SqliteStore store, Key key, String content, Optional<Instant> expires) {
    assertThat(store.put(item(key, content, expires), new Condition.Always()))
        .isEqualTo(new PutResult.Stored());
  }

  private static Item item(Key key, String content, Optional<Instant> expires) {
    return new Item(key, 1, expires, bytes(content));
  }

  private static Bytes bytes(String content) {
    return Bytes.copyOf(content.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes the file with these statements. */
  private void execute(String statements) throws Exception {
    Files.createDirectories(file().getParent());
    try (var connection = connect()) {
      run(connection, statements);
    }
  }

  private int number(String sql) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      assertThat(result.next()).isTrue();
      return result.getInt(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  private static void run(Connection connection, String statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate(statements);
    }
  }
}
