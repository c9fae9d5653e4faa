package dev.tallyman.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.ask.RemoteAsk;
import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.show.Json;
import dev.tallyman.core.CleanProcess;
import dev.tallyman.core.poll.PollFixtures;
import dev.tallyman.core.poll.records.Defect;
import dev.tallyman.core.store.Store;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every command on a ledger that something is wrong with: it says in a line what, and what to do.
 */
final class LedgerTroubleIT {
  /** What only reads. */
  private static final List<String> READING =
      List.of(
          "spend",
          "spend --chart",
          "today",
          "statusline",
          "status",
          "models",
          "prices",
          "budgets",
          "forecast",
          "alerts",
          "channels",
          "deliveries",
          "export --format focus",
          "check --budget everything");

  private static final List<String> WRITING =
      List.of(
          "serve --port 0",
          "poll --once",
          "backfill --from 2026-11-25",
          "mute everything",
          "apply -f settings.yaml",
          "doctor");

  @TempDir static Path seed;
  @TempDir Path folder;

  /** What can be wrong with it. */
  enum Trouble {
    MISSING("Nothing has been read yet"),
    NEWER("was written by a newer Tallyman"),
    FOREIGN("is the database of another program"),
    GARBAGE("damaged"),
    TRUNCATED("damaged"),
    /** Its pages are whole, and what they hold is not. */
    UNREADABLE_ITEMS("simulated.db is damaged, or a newer Tallyman wrote it: the item "),
    READ_ONLY_FILE("let this user write it"),
    READ_ONLY_FOLDER("let this user write it"),
    /** Its server died, or still runs: what was written last is in its log. */
    READ_ONLY_WITH_A_LOG("let this user write it");

    final String said;

    Trouble(String said) {
      this.said = said;
    }

    boolean isReadOnly() {
      return name().startsWith("READ_ONLY");
    }

    /** Does it to a ledger; returns what has to stay open meanwhile. */
    List<Connection> befall(Path ledger) throws IOException, SQLException {
      switch (this) {
        case MISSING -> Files.delete(ledger);
        case NEWER -> execute(ledger, "PRAGMA user_version = 99");
        case FOREIGN -> execute(ledger, "PRAGMA application_id = 7");
        case GARBAGE -> Files.writeString(ledger, "no database ".repeat(1_000));
        case TRUNCATED ->
            Files.write(
                ledger, Arrays.copyOf(Files.readAllBytes(ledger), (int) Files.size(ledger) / 3));
        case UNREADABLE_ITEMS ->
            execute(ledger, "UPDATE item SET bytes = x'0009' WHERE length(bytes) > 0");
        case READ_ONLY_FILE, READ_ONLY_FOLDER -> {}
        case READ_ONLY_WITH_A_LOG -> {
          Connection open = DriverManager.getConnection("jdbc:sqlite:" + ledger);
          try (Statement statement = open.createStatement()) {
            statement.execute("UPDATE item SET version = version WHERE rowid < 10");
          }
          return List.of(open);
        }
      }
      return List.of();
    }

    private static void execute(Path ledger, String sql) throws SQLException {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ledger);
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  /**
   * Runs commands one after the other, in one process that is not above permissions, and shows what
   * each comes to.
   */
  static final class Commands {
    private Commands() {}

    /** The arguments are the folder, then the commands. */
    public static void main(String[] args) {
      for (String command : List.of(args).subList(1, args.length)) {
        Shell.Result result = shell(Path.of(args[0])).run(command.split(" ", -1));
        IO.println(
            Json.line(Map.of("code", result.code(), "out", result.out(), "err", result.err())));
      }
    }
  }

  @BeforeAll
  static void fill() throws IOException {
    Files.writeString(
        seed.resolve("tallyman.yaml"),
        "budgets: {everything: {metric: cost, limit: 1, window: month}}\n");
    Shell.Result filled = shell(seed).run("poll", "--once");
    assertThat(filled.code()).as(filled.err()).isZero();
    Files.writeString(seed.resolve("settings.yaml"), "poll: {minutes: 9}\n");
  }

  /** Reads the simulated organization; what its ledger is called makes no difference. */
  private static Shell shell(Path folder) {
    return new Shell(folder).with("TALLYMAN_DATA", folder.resolve("data").toString());
  }

  @ParameterizedTest
  @EnumSource
  void everyCommandSaysInALineWhatIsWrongAndWhatToDo(Trouble trouble)
      throws IOException, SQLException, InterruptedException {
    for (String each : List.of("data/simulated.db", "settings.yaml")) {
      Files.createDirectories(folder.resolve(each).getParent());
      Files.copy(seed.resolve(each), folder.resolve(each));
    }
    Path data = folder.resolve("data");
    List<String> commands = new ArrayList<>(READING);
    // What fills a ledger makes one that is missing.
    if (trouble != Trouble.MISSING) {
      commands.addAll(WRITING);
    }
    List<Connection> open = trouble.befall(data.resolve("simulated.db"));
    if (trouble.isReadOnly()) {
      permit(data, false, trouble != Trouble.READ_ONLY_FILE);
    }
    List<Json> results;
    try {
      results = run(commands);
    } finally {
      permit(data, true, true);
      for (Connection each : open) {
        each.close();
      }
    }

    for (int i = 0; i < commands.size(); i++) {
      Json result = results.get(i);
      String command = commands.get(i);
      String err = result.text("err").orElse("");
      String out = result.text("out").orElse("");
      String about = trouble + ": " + command + ": " + out + err;
      int code = result.number("code").orElseThrow().intValueExact();
      if (trouble.isReadOnly() && READING.contains(command)) {
        assertThat(code).as(about).isIn(Exit.OK, Exit.WARN, Exit.LIMIT);
        assertThat(out).as(about).isNotBlank();
        continue;
      }
      assertThat(code).as(about).isEqualTo(Exit.UNREACHABLE);
      assertThat(out + err).as(about).contains(trouble.said).doesNotContain("\tat ", "a bug");
      if (!command.startsWith("doctor")) {
        assertThat(err.lines().filter(line -> line.startsWith("tallyman: "))).as(about).hasSize(1);
      }
    }
  }

  private List<Json> run(List<String> commands) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      // Permissions bind root as soon as it has dropped the right to pass over them.
      line.addAll(List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search"));
    }
    line.addAll(Started.command(Commands.class));
    line.add(folder.toString());
    line.addAll(commands);
    Process process = CleanProcess.of(line).start();
    List<Json> results;
    try (Stream<String> lines = process.inputReader(UTF_8).lines()) {
      results = lines.map(each -> Json.parse(each.getBytes(UTF_8)).orElseThrow()).toList();
    }
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(err).isZero();
    assertThat(results).as(err).hasSameSizeAs(commands);
    return results;
  }

  private static void permit(Path data, boolean writing, boolean wholeFolder) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(
            file, PosixFilePermissions.fromString(writing ? "rw-------" : "r--------"));
      }
    }
    if (wholeFolder) {
      Files.setPosixFilePermissions(
          data, PosixFilePermissions.fromString(writing ? "rwx------" : "r-x------"));
    }
  }

  @Test
  void aServerWhoseLedgerIsDeletedEndsWithAClearLine() throws IOException, InterruptedException {
    var ports = new java.util.concurrent.ArrayBlockingQueue<Integer>(1);
    Shell.Running serving = shell(folder).start(ports::add, "serve", "--port", "0");
    String url = "http://127.0.0.1:" + ports.take();
    try (RemoteAsk ask = new RemoteAsk(url, Optional.empty(), Map.of())) {
      assertThat(ask.send("GET", "/health", List.of(), Map.of(), new byte[0]).status())
          .isEqualTo(200);
    }

    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }

    serving.thread().join();
    Shell.Result ended = serving.end();
    assertThat(ended.code()).isEqualTo(Exit.UNREACHABLE);
    assertThat(ended.err().lines().filter(line -> line.startsWith("tallyman: ")))
        .last()
        .asString()
        .contains("simulated.db is gone", "start again");
    assertThat(ended.err()).doesNotContain("\"bug\"", "\tat ");
  }

  @Test
  void theDoctorTellsOfEachSourceWhatWasLeftOut() throws IOException {
    Path ledger = folder.resolve("data/simulated.db");
    Files.createDirectories(ledger.getParent());
    Files.copy(seed.resolve("data/simulated.db"), ledger);
    assertThat(shell(folder).run("doctor").out())
        .contains("ok    simulated, ledger: nothing was left out");
    Instant day = Instant.parse("2026-11-20T00:00:00Z");
    try (Store store = new SqliteStore(ledger, InstantSource.system())) {
      for (int hour = 0; hour < 5; hour++) {
        PollFixtures.defect(
            store,
            Ledgers.SIMULATED,
            "completions",
            new Defect(
                day.plus(Duration.ofHours(hour)),
                day.plus(Duration.ofHours(hour + 1)),
                hour + 2 + " rows were left out: input_tokens is below zero"));
      }
    }

    Shell.Result result = shell(folder).run("doctor");

    assertThat(result.code()).isEqualTo(Exit.OK);
    assertThat(result.out().lines().filter(line -> line.contains("left out")))
        .singleElement()
        .asString()
        .startsWith("warn  simulated, ledger of completions: known in part only: ")
        .contains(
            "from 2026-11-20T04:00:00Z to 2026-11-20T05:00:00Z 6 rows were left out: input_tokens",
            "T02:00:00Z to",
            "; and 2 more. ",
            "report it to the provider")
        .doesNotContain("T01:00:00Z to");
  }

  @Test
  void theDoctorTellsWhatIsLeftOutOfAnAnswer() throws IOException {
    Instant hour = Instant.parse("2026-11-20T08:00:00Z");
    try (ScriptedServer provider = new ScriptedServer()) {
      provider.say(
          "/v1/organization/usage/completions",
          200,
          """
          {"object": "page", "has_more": false, "next_page": null, "data": [{"object": "bucket",
           "start_time": %d, "end_time": %d, "results": [{"input_tokens": -1, "project_id": "p",
           "user_id": "u", "api_key_id": "k", "model": "m", "batch": false,
           "service_tier": "default"}]}]}
          """
              .formatted(hour.getEpochSecond(), hour.getEpochSecond() + 3600));

      Shell.Result result =
          shell(folder)
              .at(hour.plusSeconds(5000))
              .with("OPENAI_ADMIN_KEY", "sk-admin-x")
              .with("OPENAI_BASE_URL", provider.url() + "/v1")
              .run("doctor");

      assertThat(result.out())
          .contains(
              "warn  default, usage: may be read, but not all of it: from 2026-11-20T08:00:00Z to"
                  + " 2026-11-20T09:00:00Z a row was left out: ");
    }
  }

  @Test
  void theDoctorGoesOnWithTheProviderWhereTheLedgerIsDamaged() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("tallyman.db"), "no database ".repeat(1_000));

    Shell.Result result =
        shell(folder)
            .with("OPENAI_ADMIN_KEY", "sk-admin-x")
            .with("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
            .run("doctor");

    assertThat(result.code()).isEqualTo(Exit.UNREACHABLE);
    assertThat(result.out())
        .contains("FAIL  store: ", "damaged", "put back a copy", "FAIL  default, network: ");
  }
}
