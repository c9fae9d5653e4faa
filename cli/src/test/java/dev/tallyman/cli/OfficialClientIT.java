package dev.tallyman.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.Routes;
import dev.tallyman.api.access.Access;
import dev.tallyman.api.message.Request;
import dev.tallyman.cli.local.LocalServer;
import dev.tallyman.core.CleanProcess;
import dev.tallyman.core.store.Bytes;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The provider's official client for Python reads the ledger as it reads the provider. */
final class OfficialClientIT {
  private static final Pattern PYTHON = Pattern.compile("```python\\R(.*?)```", Pattern.DOTALL);

  private static final String SCRIPT =
      """
      import json, sys
      from decimal import Decimal
      import openai

      base, key, start, end = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

      def usage(key):
          client = openai.OpenAI(
              api_key="unused", admin_api_key=key, base_url=base, max_retries=0)
          return client.admin.organization.usage

      def pages(ask, **more):
          page = ask(start_time=start, end_time=end, **more)
          yield page
          while page.has_more:
              page = ask(start_time=start, end_time=end, page=page.next_page, **more)
              yield page

      def results(ask, **more):
          return [r for p in pages(ask, **more) for b in p.data for r in b.results]

      def refusal(ask, **more):
          try:
              ask(start_time=start, **more)
              return "none"
          except openai.APIStatusError as refused:
              return type(refused).__name__

      of = usage(key)
      tokens = results(of.completions, limit=2, group_by=["model", "project_id"])
      hours = results(of.completions, bucket_width="1h", limit=20)
      costs = results(of.costs, limit=2, group_by=["line_item", "project_id"])
      print(json.dumps({
          "kind": type(tokens[0]).__name__,
          "models": len({r.model for r in tokens}),
          "tokens_in": sum(r.input_tokens for r in tokens),
          "tokens_in_by_hours": sum(r.input_tokens for r in hours),
          "embedded": sum(r.input_tokens for r in results(of.embeddings)),
          "billed": str(sum(Decimal(str(r.amount.value)) for r in costs)),
          "too_much": refusal(of.completions, limit=32),
          "wrong_key": refusal(usage("tly_v_wrong").costs),
      }))
      """;

  @Test
  void readsUsageAndCosts() throws Exception {
    Path python = python();
    Routes routes = MirrorContractTest.filled(Duration.ofDays(8));
    try (var server = LocalServer.start("127.0.0.1", 0, routes)) {
      long end = Math.floorDiv(MirrorContractTest.NOW.getEpochSecond(), 86_400L) * 86_400;
      Map<String, Object> said =
          JSON.std.mapFrom(
              output(
                  python,
                  "-c",
                  SCRIPT,
                  "http://127.0.0.1:" + server.port() + "/v1",
                  MirrorContractTest.VIEWER.text(),
                  "" + (end - 5 * 86_400),
                  "" + end));

      String tokens = total(routes, "tokens_in", "completions");
      assertThat(said)
          .containsEntry("kind", "DataResultOrganizationUsageCompletionsResult")
          .containsEntry("too_much", "BadRequestError")
          .containsEntry("wrong_key", "AuthenticationError");
      assertThat(said.get("models")).asString().isNotEqualTo("1");
      assertThat(said.get("tokens_in")).hasToString(tokens);
      assertThat(said.get("tokens_in_by_hours")).hasToString(tokens);
      assertThat(said.get("embedded")).hasToString(total(routes, "tokens_in", "embeddings"));
      // The client makes a float of what is told exactly.
      assertThat(new BigDecimal(String.valueOf(said.get("billed"))))
          .isPositive()
          .isCloseTo(new BigDecimal(total(routes, "billed", "")), within(new BigDecimal("1e-9")));
    }
  }

  /** As they stand there, with any key, against a server that was started without tokens. */
  @Test
  void theExamplesOfThePagesReadWhatTheyShow() throws Exception {
    Path python = python();
    List<String> examples = examples();
    assertThat(examples).hasSizeGreaterThan(1);
    var nobody = new Access(Set.of(), Set.of(), true, false, Set.of());
    try (var server =
        LocalServer.start("127.0.0.1", 0, MirrorContractTest.filled(Duration.ofDays(8), nobody))) {
      for (String example : examples) {
        String said =
            output(python, "-c", example.replace("127.0.0.1:8080", "127.0.0.1:" + server.port()));

        // A day a line, and in eight of them things that were used.
        assertThat(said.lines()).allMatch(line -> line.matches("17[0-9]{8} \\[.*\\]"));
        assertThat(said.lines().filter(line -> line.matches(".*\\('[^']+', [0-9.]*[1-9].*")))
            .as(said)
            .hasSizeGreaterThanOrEqualTo(8);
      }
    }
  }

  private static List<String> examples() throws IOException {
    var examples = new ArrayList<String>();
    try (Stream<Path> pages = Files.list(Path.of("..", "docs"))) {
      for (Path page : pages.filter(each -> each.toString().endsWith(".md")).toList()) {
        var matcher = PYTHON.matcher(Files.readString(page));
        while (matcher.find()) {
          examples.add(matcher.group(1));
        }
      }
    }
    return examples;
  }

  /** The first Python on the path that knows the client, which .ci/run adds to it. */
  private static Path python() throws Exception {
    List<Path> pythons =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, "python3"))
            .filter(Files::isExecutable)
            .toList();
    for (Path python : pythons) {
      if (started(python, "-c", "import openai").waitFor() == 0) {
        return python;
      }
    }
    return Assumptions.abort(
        "run .ci/run, which installs openai of PyPI, or put a Python that has it on the path");
  }

  private static Process started(Path python, String... arguments) throws IOException {
    var builder =
        CleanProcess.of(Stream.concat(Stream.of(python.toString()), Stream.of(arguments)).toList());
    builder.environment().put("NO_PROXY", "*");
    builder.redirectErrorStream(true);
    return builder.start();
  }

  private static String output(Path python, String... arguments) throws Exception {
    Process process = started(python, arguments);
    try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
      String text = reader.readAllAsString();
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(text).isTrue();
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    }
  }

  private static String total(Routes routes, String metric, String endpoint) throws IOException {
    String filter = endpoint.isEmpty() ? "" : "&filter=endpoint:" + endpoint;
    var response =
        routes.handle(
            new Request(
                "GET",
                "/api/v1/query",
                "granularity=all&since=2026-11-13&until=2026-11-18&metric=" + metric + filter,
                Map.of(
                    "Host", List.of("localhost"),
                    "Authorization", List.of("Bearer " + MirrorContractTest.VIEWER.text())),
                Bytes.copyOf(new byte[0]),
                false,
                true,
                "1"));
    Map<String, Object> answer = JSON.std.mapFrom(response.body().toArray());
    return answer.get("total") instanceof Map<?, ?> total
        ? String.valueOf(total.get("total"))
        : answer.toString();
  }
}
