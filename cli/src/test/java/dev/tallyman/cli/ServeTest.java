package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.ask.RemoteAsk;
import dev.tallyman.cli.ask.Reply;
import dev.tallyman.cli.show.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serves, polls and asks, all in this process, with the built-in simulated organization. */
final class ServeTest {
  private static final long PATIENCE = 180;

  @TempDir Path folder;
  private final BlockingQueue<Integer> ports = new ArrayBlockingQueue<>(2);

  @Test
  void whatIsServedIsWhatCommandsShow() throws InterruptedException {
    Shell shell = new Shell(folder);
    assertThat(shell.run("poll", "--once").code()).isZero();
    assertThat(shell.run("backfill", "--from", daysAgo(3)).code()).isZero();
    Shell.Running serving = shell.start(ports::add, "serve", "--port", "0");
    String url = "http://127.0.0.1:" + ports.poll(PATIENCE, TimeUnit.SECONDS);

    // Yesterday's hours do not change any more while this runs.
    List<String> question =
        List.of("spend", "--by", "project", "--since", "yesterday", "--until", "today");
    Json local = json(shell, question, "--json");
    Json remote = json(shell, question, "--json", "--endpoint", url);
    Json asked = query(url, "project");
    BigDecimal csv = sum(shell, question);
    Shell.Result ended = serving.end();

    assertThat(local.text("total")).isEqualTo(remote.text("total"));
    assertThat(asked.object("total").text("total")).isEqualTo(local.text("total"));
    assertThat(csv).isEqualByComparingTo(local.number("total").orElseThrow());
    assertThat(local.flag("simulated")).isTrue();
    assertThat(ended.code()).isZero();
    assertThat(ended.err()).contains("SIMULATED", "Tallyman listens at http://127.0.0.1:");
    assertThat(Files.exists(folder.resolve("home/.local/share/tallyman/simulated.db"))).isTrue();
    assertThat(Files.exists(folder.resolve("home/.local/share/tallyman/tallyman.db"))).isFalse();
  }

  @Test
  void aTokenIsNeededWhereThereAreTokens() throws IOException, InterruptedException {
    Shell shell = new Shell(folder);
    List<String> made = shell.run("token", "new").out().lines().toList();
    String token = made.get(0).replaceFirst("token +", "");
    String hash = made.get(1).replaceFirst("hash +", "");
    Files.writeString(
        folder.resolve("tallyman.yaml"),
        "server:\n  tokens:\n    - {role: viewer, hash: " + hash + "}\n");
    Shell.Running serving = shell.start(ports::add, "serve", "--port", "0", "--host", "0.0.0.0");
    String url = "http://127.0.0.1:" + ports.poll(PATIENCE, TimeUnit.SECONDS);

    Shell.Result without = shell.run("prices", "--endpoint", url);
    Shell.Result with =
        new Shell(folder).with("TALLYMAN_TOKEN", token).run("prices", "--endpoint", url);
    Shell.Result wrong =
        new Shell(folder).with("TALLYMAN_TOKEN", "tly_v_x").run("prices", "--endpoint", url);
    Files.writeString(folder.resolve("more.yaml"), "poll: {minutes: 9}\n");
    Shell.Result viewer =
        new Shell(folder)
            .with("TALLYMAN_TOKEN", token)
            .run("apply", "-f", "more.yaml", "--endpoint", url);
    serving.end();

    assertThat(without.code()).isEqualTo(77);
    assertThat(wrong.code()).isEqualTo(77);
    assertThat(with.code()).as(with.err()).isZero();
    assertThat(viewer.code()).isEqualTo(77);
  }

  @Test
  void applyChangesTheLedgersSettingsOnce() throws IOException {
    Shell shell = new Shell(folder);
    assertThat(shell.run("poll", "--once").code()).isZero();
    Files.writeString(folder.resolve("s.yaml"), "groups:\n  premium:\n    daily_limit: 250000\n");

    Shell.Result first = shell.run("apply", "-f", "s.yaml");
    Shell.Result second = shell.run("apply", "-f", "s.yaml");

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("+ groups.premium.daily_limit: 250000\n");
    assertThat(second.out()).isEmpty();
    assertThat(second.err()).contains("Nothing changes.");
    assertThat(new Shell(folder).with("PREMIUM_TIER_LIMIT", "777").run("today", "--json").out())
        .contains("777");
    assertThat(shell.run("today", "--json").out()).contains("250000");
  }

  @Test
  void whatIsRealIsNotReadIntoASimulatedLedger() throws IOException {
    Shell shell = new Shell(folder).with("OPENAI_ADMIN_KEY_ACME", "sk-admin-acme");
    assertThat(shell.run("poll", "--once").code()).isZero();
    Files.writeString(
        folder.resolve("o.yaml"),
        "organizations:\n  - {id: acme, key_env: OPENAI_ADMIN_KEY_ACME}\n");
    assertThat(shell.run("apply", "-f", "o.yaml").code()).isZero();

    Shell.Result polled = shell.run("poll", "--once");

    assertThat(polled.code()).isEqualTo(75);
    assertThat(polled.out())
        .containsPattern("simulated +completions")
        .containsPattern("acme +not polled");
    assertThat(polled.err()).contains("acme: what is real is never read into a simulated ledger");
  }

  @Test
  void backfillGoesBackAndMayBeRepeated() {
    Shell shell = new Shell(folder);
    String from = daysAgo(9);

    Shell.Result first = shell.run("backfill", "--from", from);
    Shell.Result second = shell.run("backfill", "--from", from);

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).startsWith("simulated is complete since ");
    assertThat(second).isEqualTo(first);
  }

  @Test
  void backfillSaysWhatItReadInPartAndIsNotDone() throws IOException {
    long start = LocalDate.parse(daysAgo(1)).toEpochSecond(LocalTime.MIDNIGHT, ZoneOffset.UTC);
    try (var provider = new ScriptedServer()) {
      provider.say("/v1/organization/usage", 200, "{\"data\":[],\"has_more\":false}");
      Shell shell =
          new Shell(folder)
              .with("OPENAI_ADMIN_KEY", "sk-admin-0123456789abcdef")
              .with("OPENAI_BASE_URL", provider.url() + "/v1");

      provider.say("/v1/organization/costs", 200, bill(start, "\"a lot\""));
      Shell.Result part = shell.run("backfill", "--from", daysAgo(1));
      Shell.Result again = shell.run("backfill", "--from", daysAgo(1));
      provider.say("/v1/organization/costs", 200, bill(start, "2"));
      Shell.Result whole = shell.run("backfill", "--from", daysAgo(1));

      assertThat(part.code()).as(part.err()).isEqualTo(75);
      assertThat(part.out()).isEqualTo("default is read since %s UTC, but not whole\n", daysAgo(1));
      assertThat(part.err())
          .contains("default: Read in part only: costs from " + daysAgo(1), "a row was left out");
      assertThat(again).isEqualTo(part);
      assertThat(whole.code()).as(whole.err()).isZero();
      assertThat(whole.out()).isEqualTo("default is complete since %s UTC\n", daysAgo(1));
    }
  }

  private static String bill(long start, String amount) {
    return """
    {"data":[{"start_time":%d,"results":[{"amount":{"value":1,"currency":"usd"},"line_item":"a",\
    "project_id":"p"},{"amount":{"value":%s,"currency":"usd"},"line_item":"b","project_id":"p"}]}],\
    "has_more":false}
    """
        .formatted(start, amount);
  }

  private static String daysAgo(int days) {
    return LocalDate.ofInstant(InstantSource.system().instant(), ZoneOffset.UTC)
        .minusDays(days)
        .toString();
  }

  private static Json query(String url, String by) {
    try (RemoteAsk ask = new RemoteAsk(url, Optional.empty(), Map.of())) {
      Reply reply =
          ask.send(
              "GET",
              "/api/v1/query",
              List.of(
                  Map.entry("by", by),
                  Map.entry("since", "yesterday"),
                  Map.entry("until", "today"),
                  Map.entry("granularity", "all")),
              Map.of(),
              new byte[0]);
      return Json.parse(reply.body().toArray()).orElseThrow();
    }
  }

  private static Json json(Shell shell, List<String> question, String... more) {
    Shell.Result result = shell.run(with(question, more));
    assertThat(result.code()).as(result.err()).isZero();
    return Json.parse(result.out().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private static BigDecimal sum(Shell shell, List<String> question) {
    return shell
        .run(with(question, "--plain"))
        .out()
        .lines()
        .skip(1)
        .map(line -> new BigDecimal(line.split("\t", -1)[2]))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static String[] with(List<String> question, String... more) {
    var all = new java.util.ArrayList<>(question);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
