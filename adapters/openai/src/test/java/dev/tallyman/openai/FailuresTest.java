package dev.tallyman.openai;

import static dev.tallyman.openai.Harness.error;
import static dev.tallyman.openai.Harness.hour;
import static dev.tallyman.openai.Harness.page;
import static dev.tallyman.openai.Harness.row;
import static dev.tallyman.openai.ScriptedProvider.brokenAfter;
import static dev.tallyman.openai.ScriptedProvider.dropped;
import static dev.tallyman.openai.ScriptedProvider.gzip;
import static dev.tallyman.openai.ScriptedProvider.hanging;
import static dev.tallyman.openai.ScriptedProvider.hangingAfter;
import static dev.tallyman.openai.ScriptedProvider.json;
import static dev.tallyman.openai.ScriptedProvider.status;
import static dev.tallyman.openai.UsageReadingTest.failed;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Complete;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.ReadOutcome.Origin;
import dev.tallyman.core.poll.records.ReadOutcome.TooLarge;
import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.core.usage.Width;
import dev.tallyman.openai.call.OpenAiConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FailuresTest {
  /** As recorded on the live API, once with 401 and once with 403. */
  private static final String MISSING_SCOPES =
      "You have insufficient permissions for this operation. Missing scopes: api.usage.read."
          + " Check that you have the correct role in your organization, and if you're using a"
          + " restricted API key, that it has the necessary scopes.";

  @Nested
  class ThatLast {
    @Test
    void aKeyThatIsNotAcceptedIsToldWithoutShowingIt() {
      String body =
          error(
              "invalid_api_key",
              "invalid_request_error",
              "Incorrect API key provided: " + Harness.KEY + " (sk-admin-****tS3c). Find it.");
      try (var harness = new Harness(status(401, body))) {
        Failed failed = failed(harness.hours(1), Kind.BAD_KEY);

        assertThat(failed.message())
            .contains("Incorrect API key provided: sk-***", "OPENAI_ADMIN_KEY")
            .doesNotContain("tS3c", "sk-admin");
        assertThat(harness.provider.requests()).hasSize(1);
        assertThat(harness.api.toString()).doesNotContain("sk-");
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aMissingScopeIsNamedWhateverTheStatus(int status) {
      String body = error("", "invalid_request_error", MISSING_SCOPES);
      try (var harness = new Harness(status(status, body))) {
        assertThat(failed(harness.hours(1), Kind.MISSING_SCOPE).message())
            .contains("the scope api.usage.read (" + status + ")");
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void severalMissingScopesAreAllNamed() {
      String body =
          error("", "x", MISSING_SCOPES.replace("usage.read.", "usage.read, api.management.read."));
      try (var harness = new Harness(status(403, body))) {
        assertThat(failed(harness.hours(1), Kind.MISSING_SCOPE).message())
            .contains("api.usage.read, api.management.read (");
      }
    }

    @Test
    void aKeyOfSomebodyWhoIsNoOwnerIsTold() {
      String body = error("", "x", "You must be an organization owner to do this");
      try (var harness = new Harness(status(403, body))) {
        assertThat(failed(harness.hours(1), Kind.MISSING_SCOPE).message()).contains("owner");
      }
    }

    @Test
    void accessThatIsRefusedOtherwiseIsQuoted() {
      String body = error("unsupported_country_region_territory", "x", "Country not supported");
      try (var harness = new Harness(status(403, body))) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message()).contains("Country not");
      }
    }

    @ParameterizedTest
    @CsvSource({
      "credit_balance_exhausted, insufficient_quota",
      "organization_usage_limit_exceeded, insufficient_quota",
      "organization_spend_limit_exceeded, insufficient_quota",
      "project_spend_limit_exceeded, insufficient_quota",
      "insufficient_quota, insufficient_quota",
      "project_spend_limit_exceeded, something_new",
      "something_new, insufficient_quota"
    })
    void aQuotaThatIsUsedUpIsNotAskedForAgain(String code, String type) {
      String body = error(code, type, "You exceeded your limit");
      try (var harness = new Harness(status(429, body, "Retry-After: 1", "x-should-retry: true"))) {
        failed(harness.hours(1), Kind.QUOTA);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void a404ElsewhereMeansThatItIsNotOffered() {
      try (var harness = new Harness(status(404, "<html>nginx</html>"))) {
        assertThat(failed(harness.hours(1), Kind.NOT_OFFERED).message()).contains("(404)");
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void aRefusedRequestIsQuotedOnOneBoundedLine() {
      String body = error("", "invalid_request_error", "No such\\n\\tgrouping " + "x".repeat(9999));
      try (var harness = new Harness(status(400, body))) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message())
            .contains("400: No such grouping xxx")
            .hasSizeLessThan(500);
      }
    }

    @Test
    void aRedirectIsNotFollowedButNamed() {
      try (var elsewhere = new ScriptedProvider(json(page(hour(0))));
          var harness =
              new Harness(status(307, "", "Location: " + elsewhere.baseUrl() + "/there"))) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message())
            .contains("307", elsewhere.baseUrl() + "/there", "OPENAI_BASE_URL");
        assertThat(elsewhere.requests()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"code\":400,\"message\":\"The project was not found\"}",
          "{\"error\":\"The project was not found\"}",
          "{\"error\":{\"message\":\"The project was not found\",\"code\":null}}"
        })
    void anErrorBodyMayHaveAnyOfTheFormsSeen(String body) {
      try (var harness = new Harness(status(400, body))) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message())
            .contains("(400: The project was not found).");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "<html>no</html>",
          "{",
          "{\"error\":[[]]}",
          "null",
          "{\"error\":null}",
          "\u0000"
        })
    void anErrorBodyMayBeAnything(String body) {
      try (var harness = new Harness(status(400, body))) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message()).contains("(400).");
      }
    }

    @Test
    void anotherStatusThan200IsNoAnswer() {
      try (var harness = new Harness(status(204, ""))) {
        assertThat(failed(harness.hours(1), Kind.MALFORMED).message()).contains("204");
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"[]", "{\"object\":\"page\"}", "{\"data\":null}", "{\"data\":[1]}", "7"})
    void jsonOfAnotherShapeIsMalformed(String body) {
      try (var harness = new Harness(json(body))) {
        failed(harness.hours(1), Kind.MALFORMED);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }
  }

  @Nested
  class ThatPass {
    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 520})
    void theServersOwnAreAskedAgain(int status) {
      try (var harness =
          new Harness(status(status, "<html>"), status(status, ""), json(page(hour(0))))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);

        assertThat(harness.pauses).hasSize(2);
        assertThat(harness.pauses.get(0)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
        assertThat(harness.pauses.get(1)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
      }
    }

    @Test
    void areToldOnceAttemptsAreUsedUp() {
      var failing = status(503, error("server_is_overloaded", "x", "Busy"), "Retry-After: 7");
      try (var harness = new Harness(c -> c.withAttempts(3), failing, failing, failing, failing)) {
        Failed failed = failed(harness.hours(1), Kind.SERVER);

        assertThat(harness.provider.requests()).hasSize(3);
        assertThat(failed.message()).contains("Busy");
        assertThat(failed.retryAfter()).contains(Duration.ofSeconds(7));
      }
    }

    @ParameterizedTest
    @CsvSource({
      "Retry-After: 3, 3000",
      "retry-after: 0.5, 500",
      "Retry-After-Ms: 1500, 1500",
      "'Retry-After: Fri, 20 Nov 2026 12:00:09 GMT', 9000",
      "'Retry-After: Thu, 19 Nov 2026 12:00:09 GMT', 0"
    })
    void areAskedAgainAfterTheTimeAskedFor(String header, long millis) {
      String body = error("rate_limit_exceeded", "requests", "Rate limit reached for x");
      try (var harness = new Harness(status(429, body, header), json(page(hour(0))))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.pauses.getFirst())
            .isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis + 250));
      }
    }

    @Test
    void aDateToWaitForIsToldByTheServersOwnClock() {
      try (var harness =
          new Harness(
              status(
                  429,
                  "",
                  "Date: Fri, 20 Nov 2026 15:00:00 GMT",
                  "Retry-After: Fri, 20 Nov 2026 15:00:05 GMT"),
              json(page(hour(0))))) {
        harness.hours(1);
        assertThat(harness.pauses.getFirst()).isLessThan(Duration.ofSeconds(6));
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-5", "", "1e9", "99999999999999999999"})
    void aTimeToWaitThatIsNoneIsIgnored(String text) {
      try (var harness =
          new Harness(status(429, "", "Retry-After: " + text), json(page(hour(0))))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.pauses.getFirst()).isLessThan(Duration.ofSeconds(1));
      }
    }

    @Test
    void areNotWaitedForBeyondTheDeadline() {
      try (var harness = new Harness(status(429, "", "Retry-After: 3600"))) {
        Failed failed = failed(harness.hours(1), Kind.RATE_LIMITED);

        assertThat(failed.retryAfter()).contains(Duration.ofHours(1));
        assertThat(harness.pauses).isEmpty();
      }
    }

    @Test
    void areNotAskedAgainIfTheServerSaysSo() {
      try (var harness = new Harness(status(500, "", "X-Should-Retry: false"))) {
        failed(harness.hours(1), Kind.SERVER);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }

    @Test
    void a404OfTheProviderOrItsDoubleIsAskedAgain() {
      try (var harness =
          new Harness(status(404, "", "x-tallyman-simulated: true"), json(page(hour(0))))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
      }
      assertThat(OpenAiConfig.of("https://api.openai.com/v1").isProvidersOwn()).isTrue();
      assertThat(OpenAiConfig.of("https://EU.api.openai.com/v1/").isProvidersOwn()).isTrue();
      assertThat(OpenAiConfig.of("https://api.openai.com.example.org").isProvidersOwn()).isFalse();
    }

    @Test
    void aConnectionThatBreaksIsMadeAgain() {
      String body = page(hour(0, row("a", 1)));
      try (var harness = new Harness(dropped(), brokenAfter(30, body), json(body))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.provider.connections()).isGreaterThan(1);
      }
    }

    @Test
    void aPortNobodyListensOnIsToldWithItsRemedy() {
      try (var harness = new Harness(c -> c.withAttempts(2))) {
        harness.provider.close();
        assertThat(failed(harness.hours(1), Kind.NETWORK).message())
            .contains("127.0.0.1:" + harness.provider.port(), "HTTPS_PROXY");
        assertThat(harness.pauses).hasSize(1);
      }
    }

    @Test
    void whoCannotBeReachedIsNotTriedAgainInTheSameCycle() {
      try (var harness = new Harness()) {
        harness.provider.close();
        Failed first = failed(harness.costs("2026-11-18", "2026-11-20"), Kind.NETWORK);
        int tried = harness.pauses.size();

        assertThat(failed(harness.hours(1), Kind.NETWORK)).isEqualTo(first);
        assertThat(harness.pauses).hasSize(tried);

        harness.deadline = harness.deadline.plusSeconds(300);
        failed(harness.hours(1), Kind.NETWORK);
        assertThat(harness.pauses).hasSize(2 * tried);
      }
    }

    @Test
    void oneThatIsReachedButDoesNotAnswerWellIsNotTakenForUnreachable() {
      String body = page(hour(0, row("a", 1)));
      try (var harness =
          new Harness(
              c -> c.withAttempts(2),
              brokenAfter(30, body),
              brokenAfter(30, body),
              status(500, ""),
              status(500, ""),
              json(body))) {
        failed(harness.hours(1), Kind.NETWORK);
        failed(harness.hours(1), Kind.SERVER);
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
      }
    }

    @Test
    void brokenJsonIsToldByItsPlaceOnly() {
      String body = "{\"data\":[{\"start_time\": S3cr3t }]}";
      try (var harness = new Harness(c -> c.withAttempts(2), json(body), json(body))) {
        assertThat(failed(harness.hours(1), Kind.MALFORMED).message())
            .containsPattern("line 1, column \\d+");
        assertThat(harness.provider.requests()).hasSize(2);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 200, 330})
    void jsonThatEndsTooEarlyIsAskedForAgain(int length) {
      String body = page(hour(0, row("a", 1)));
      try (var harness = new Harness(json(body.substring(0, length)), json(body))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(1);
      }
    }

    @Test
    void whatCannotBeUncompressedIsAskedForAgain() {
      String body = page(hour(0, row("a", 1)));
      try (var harness =
          new Harness(
              gzip(body, 40), json("not compressed", "Content-Encoding: gzip"), json(body))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(1);
      }
    }

    @Test
    void onlyWhatHasNotBeenHandedOverIsAskedForAgain() {
      String body = page(hour(0, row("a", 1)), hour(1, row("a", 2)), hour(2, row("a", 3)));
      String rest = page(hour(2, row("a", 33)), hour(3, row("a", 4)));
      try (var harness = new Harness(brokenAfter(body.length() - 60, body), json(rest))) {
        assertThat(harness.hours(4)).isInstanceOf(Complete.class);

        assertThat(harness.buckets).extracting(Bucket::start).doesNotHaveDuplicates().hasSize(4);
        assertThat(harness.provider.requests().get(1).target())
            .contains("start_time=1795161600&end_time=1795168800&bucket_width=1h&limit=2&");
      }
    }

    @Test
    void afterTheLastBucketDoNotMatter() {
      String body = page(hour(0, row("a", 1)), hour(1));
      try (var harness = new Harness(brokenAfter(body.length() - 10, body))) {
        assertThat(harness.hours(2)).isInstanceOf(Complete.class);
        assertThat(harness.provider.requests()).hasSize(1);
      }
    }
  }

  @Nested
  class OfTime {
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 50})
    void anAnswerThatHangsIsGivenUp(int after) {
      String body = page(hour(0, row("a", 1)));
      var hang = after < 0 ? hanging() : hangingAfter(after, body);
      try (var harness =
          new Harness(c -> c.withCallTimeout(Duration.ofMillis(200)), hang, json(body))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(1);
        assertThat(harness.pauses).hasSize(1);
      }
    }

    @Test
    void anErrorWhoseBodyHangsIsToldByItsStatus() {
      try (var harness =
          new Harness(
              c -> c.withCallTimeout(Duration.ofMillis(200)),
              (out, closed) -> {
                out.write("HTTP/1.1 400 x\r\nContent-Length: 10\r\n\r\n{".getBytes(US_ASCII));
                return hanging().write(out, closed);
              })) {
        assertThat(failed(harness.hours(1), Kind.REFUSED).message()).contains("(400).");
      }
    }

    @Test
    void thatIsUsedUpBeforehandAsksNothing() {
      try (var harness = new Harness()) {
        harness.deadline = Harness.NOW;
        failed(harness.hours(1), Kind.OUT_OF_TIME);
        assertThat(harness.provider.requests()).isEmpty();
      }
    }

    @Test
    void thatRunsOutWhileHangingIsTheCyclesNotTheProviders() {
      try (var harness = new Harness(hanging())) {
        harness.deadline = Harness.NOW.plusMillis(150);
        // The clock stands still, so the call ends by real time and then finds time left.
        ReadOutcome outcome = harness.hours(1);
        assertThat(outcome).isInstanceOf(Failed.class);
        assertThat(((Failed) outcome).kind()).isIn(Kind.TIMEOUT, Kind.OUT_OF_TIME);
      }
    }

    @Test
    void anInterruptedReadStopsAtOnceAndStaysInterrupted() {
      try (var harness = new Harness(hanging())) {
        Thread.currentThread().interrupt();
        failed(harness.hours(1), Kind.OUT_OF_TIME);
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @Nested
  class OfSize {
    @Test
    void anAnswerKnownToBeTooLargeIsNotRead() {
      String body = page(hour(0, row("a", 1)), hour(1));
      try (var harness =
          new Harness(
              c -> c.withMaxBytes(body.length() - 1), json(body, "openai-organization: org-x"))) {
        assertThat(harness.hours(2))
            .isEqualTo(new TooLarge(new Origin(Optional.of("org-x"), false), body.length() - 1));
        assertThat(harness.buckets).isEmpty();
      }
    }

    @Test
    void oneBucketMayBeFourTimesAsLargeForItCannotBeAskedForInParts() {
      String body = page(hour(0, row("m".repeat(1000), 1)));
      try (var harness = new Harness(c -> c.withMaxBytes(body.length() / 4 + 1), json(body));
          var larger = new Harness(c -> c.withMaxBytes(body.length() / 5), json(body))) {
        assertThat(harness.hours(1)).isInstanceOf(Complete.class);
        assertThat(harness.buckets).hasSize(1);
        assertThat(larger.hours(1)).isEqualTo(new TooLarge(Origin.UNKNOWN, body.length() / 5 * 4L));
      }
    }

    @Test
    void anAnswerIsDroppedWhereItPassesTheBound() {
      String[] hours = new String[100];
      for (int i = 0; i < hours.length; i++) {
        hours[i] = hour(i, row("m".repeat(1000), i));
      }
      String body = page(hours);
      try (var harness =
              new Harness(c -> c.withMaxBytes(50_000), ScriptedProvider.chunked(body, 4096));
          var packed = new Harness(c -> c.withMaxBytes(50_000), gzip(body, Integer.MAX_VALUE))) {
        for (Harness each : List.of(harness, packed)) {
          assertThat(each.hours(100)).isEqualTo(new TooLarge(Origin.UNKNOWN, 50_000));
          assertThat(each.buckets).hasSizeBetween(20, 40);
        }
      }
    }
  }

  @Test
  void ofTheReceiverPassThrough() {
    try (var harness = new Harness(json(page(hour(0))))) {
      assertThatIllegalStateException()
          .isThrownBy(() ->
              harness.api.readUsage(
                  Known.COMPLETIONS,
                  Width.HOUR,
                  Harness.FROM,
                  Harness.FROM.plusSeconds(3600),
                  harness.deadline,
                  (_, _) -> {
                    throw new IllegalStateException("store is away");
                  }))
          .withMessage("store is away");
    }
  }

  @Test
  void followAReadThatIsClosedFromOutside() throws InterruptedException {
    try (var harness = new Harness(hangingAfter(10, page(hour(0))))) {
      var outcome = new CompletableFuture<ReadOutcome>();
      Thread.ofVirtual().start(() -> outcome.complete(harness.hours(1)));
      harness.provider.awaitRequest();
      harness.api.close();

      failed(outcome.join(), Kind.NETWORK);
      failed(harness.hours(1), Kind.NETWORK);
    }
  }

  @Test
  void ofAProxyAreToldAsItsOwn() {
    try (var proxy = new ScriptedProvider(status(407, ""))) {
      var api =
          new OpenAiUsageApi(
              OpenAiConfig.of("https://provider.invalid/v1"),
              Harness.KEY,
              Map.of("HTTPS_PROXY", "http://user:S3cr3t@127.0.0.1:" + proxy.port()),
              () -> Harness.NOW);
      try (api) {
        Failed failed =
            failed(
                api.readUsage(
                    Known.COMPLETIONS,
                    Width.HOUR,
                    Harness.FROM,
                    Harness.FROM.plusSeconds(3600),
                    Harness.NOW.plusSeconds(60),
                    (_, _) -> {}),
                Kind.REFUSED);
        assertThat(failed.message()).contains("407", "NO_PROXY");
        assertThat(failed.retryAfter()).isEqualTo(Optional.empty());
        assertThat(proxy.requests().getFirst().line()).startsWith("CONNECT provider.invalid:443 ");
        assertThat(proxy.requests().getFirst().headers().toString()).doesNotContain("S3cr3t");
      }
    }
  }
}
