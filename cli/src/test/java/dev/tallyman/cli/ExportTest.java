package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.config.Ledgers;
import dev.tallyman.cli.process.Exit;
import dev.tallyman.cli.process.Stop;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported from an empty ledger, and from a server that a test scripts. */
final class ExportTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:17:00Z");
  private static final String HEADING = "BilledCost,x_Simulated\r\n";

  @TempDir Path folder;
  private final ScriptedServer server;

  ExportTest() throws IOException {
    server =
        new ScriptedServer()
            .say(
                "/api/v1/query?since=2026-11-18&until=2026-11-21&metric=billed&granularity=day",
                200,
                """
                {"query":{"since":"2026-11-18T00:00:00Z","until":"2026-11-21T00:00:00Z"},
                 "as_of":"2026-11-21T09:13:00Z","stale":true,"simulated":false,"partial":true,
                 "complete_since":"2026-11-19T00:00:00Z","unpriced":[],"notes":[]}
                """)
            .say("/api/v1/focus?since=2026-11-18", 200, HEADING + "1.5,false\r\n2.5,false\r\n")
            .say("/api/v1/focus?since=2026-11-19", 200, HEADING);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aFocusFileIsAskedForDayByDayAndSaysWhatItLacks() {
    server.say("/api/v1/focus?since=2026-11-20", 200, HEADING + "4,false\r\n");

    Shell.Result result = export(new Shell(folder).at(NOW));

    assertThat(result.out()).isEqualTo(HEADING + "1.5,false\r\n2.5,false\r\n4,false\r\n");
    assertThat(result.err())
        .contains("STALE", "The beginning of the range has not been read yet")
        .doesNotContain("SIMULATED");
    assertThat(result.code()).isEqualTo(Exit.STALE);
    assertThat(server.asked())
        .anyMatch(each ->
            each.startsWith("GET /api/v1/focus?since=2026-11-19&until=2026-11-20&estimated=false"));
  }

  @Test
  void aFileThatIsNotWholeIsNoSuccess() {
    server.say("/api/v1/focus?since=2026-11-20", 503, "{\"error\":{\"message\":\"busy\"}}");

    Shell.Result result = export(new Shell(folder).at(NOW));

    assertThat(result.code()).isEqualTo(Exit.UNREACHABLE);
    assertThat(result.out()).isEqualTo(HEADING + "1.5,false\r\n2.5,false\r\n");
    assertThat(result.err()).contains("busy");
  }

  @Test
  void onASignalItEndsAndSaysThatTheFileIsNotWhole() {
    Stop stop = new Stop();
    stop.now();

    Shell.Result result = new Shell(folder).at(NOW).run(stop, words());

    assertThat(result.code()).isEqualTo(Exit.SOME_FAILED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("2026-11-18", "not whole");
  }

  @Test
  void howFarItHasComeIsShownToWhoWatchesAndTakenAway() {
    server.say("/api/v1/focus?since=2026-11-20", 200, HEADING);
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    InstantSource slow = () -> now.updateAndGet(at -> at.plusSeconds(1));

    assertThat(export(new Shell(folder).at(slow).redirected()).err())
        .contains("33%  2026-11-19", "66%  2026-11-20", "\r\u001b[K")
        .contains("\r\u001b[KThese numbers are STALE");
    assertThat(export(new Shell(folder).at(slow).onATerminal()).err()).doesNotContain("\u001b");
    assertThat(export(new Shell(folder).at(slow)).err()).doesNotContain("\u001b");
  }

  @Test
  void anEmptyLedgerIsAHeadingOnly() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    try (Store store = new SqliteStore(Ledgers.real(data), InstantSource.fixed(NOW))) {
      new SettingsStore(store).save(Settings.defaults(), 0, "local", NOW);
    }
    Shell shell = new Shell(folder).at(NOW).with("TALLYMAN_DATA", data.toString());

    Shell.Result focus = shell.run("export", "--format", "focus");
    assertThat(focus.out())
        .as(focus.err())
        .startsWith("BilledCost,")
        .endsWith(",x_Source\r\n")
        .hasLineCount(1);
    assertThat(shell.run("export", "--format", "csv").out())
        .isEqualTo("bucket,model,value,unit,source,as_of,flags\r\n");
  }

  private Shell.Result export(Shell shell) {
    return shell.run(words());
  }

  private String[] words() {
    return ("export --format focus --since 2026-11-18 --until 2026-11-21 --endpoint "
            + server.url())
        .split(" ");
  }
}
