package dev.tallyman.function.poller;

import static dev.tallyman.function.poller.Deployment.OPERATOR;
import static dev.tallyman.function.poller.Deployment.POLL;
import static dev.tallyman.function.poller.Deployment.VIEWER;
import static dev.tallyman.function.poller.Deployment.atOnce;
import static dev.tallyman.function.poller.Deployment.cycles;
import static dev.tallyman.function.poller.Deployment.invoke;
import static dev.tallyman.function.poller.Deployment.ledger;
import static dev.tallyman.function.poller.Deployment.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tallyman.api.access.Tokens;
import dev.tallyman.core.delivery.Reference;
import dev.tallyman.core.poll.WatchedStore;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import dev.tallyman.core.poll.records.Records;
import dev.tallyman.core.settings.Overrides;
import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.settings.SettingsResult;
import dev.tallyman.core.settings.SettingsStore;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.core.store.StoreSpace;
import dev.tallyman.core.usage.UsageEndpoint.Known;
import dev.tallyman.dynamodb.Checkout;
import dev.tallyman.simulator.Simulator;
import dev.tallyman.ssm.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HandlerTest {
  private static final Instant WANTED = Instant.parse("2026-11-12T00:00:00Z");

  private final Deployment deployment = new Deployment();
  private final StoreSpace space = InMemoryStore.space();
  private final Store store = space.open(deployment.clock);

  @AfterEach
  void close() {
    space.close();
    deployment.close();
  }

  @Test
  void theScheduleFillsALedgerWithTodayAndTheHistory() {
    Map<String, Object> answer = invoke(deployment.handler(store), POLL);

    assertThat(cycles(answer)).isEqualTo(Map.of("acme", "complete"));
    assertThat(records("acme").state().completeSince()).contains(WANTED);
    assertThat(cycle("acme").trigger()).isEqualTo("schedule");
    assertThat(ledger(store, "acme")).contains("2026-11-12T00", "2026-11-21T09");
    assertThat(deployment.log("filled")).hasSize(1);
  }

  @Test
  void aRepeatedEventAddsItsRecordBesideItsLeaseAndNothingElse() {
    invoke(deployment.handler(store), POLL);
    invoke(deployment.handler(store), POLL);
    String before = ledger(store, "acme");
    deployment.clock.advance(Duration.ofSeconds(1));
    var watched = new WatchedStore(store);

    invoke(deployment.handler(watched), POLL);

    assertThat(watched.written)
        .extracting(Key::partition)
        .containsExactly("O#acme#L", "O#acme#P#2026-11-21");
    assertThat(watched.removed).extracting(Key::partition).containsExactly("O#acme#L");
    assertThat(ledger(store, "acme")).isEqualTo(before);
  }

  @Test
  void theSameEventTwiceAtOnceMakesTheSameLedger() throws InterruptedException, ExecutionException {
    List<Map<String, String>> answers =
        atOnce(
            List.of(
                () -> cycles(invoke(deployment.handler(store), POLL)),
                () -> cycles(invoke(deployment.handler(store), POLL))));
    invoke(deployment.handler(store), POLL);

    assertThat(answers)
        .allSatisfy(each -> assertThat(each.get("acme")).isIn("complete", "already_running"))
        .anyMatch(each -> each.containsValue("complete"));
    assertThat(ledger(store, "acme")).isEqualTo(undisturbed());
  }

  @Test
  void clocksThatDisagreeMakeTheSameLedger() throws InterruptedException, ExecutionException {
    InstantSource ahead = () -> deployment.clock.instant().plus(Duration.ofMinutes(3));
    InstantSource behind = () -> deployment.clock.instant().minus(Duration.ofMinutes(3));

    for (int i = 0; i < 3; i++) {
      // The one ahead takes the other's lease for expired.
      atOnce(
          List.of(
              () -> cycles(invoke(deployment.handler(space.open(behind), behind), POLL)),
              () -> cycles(invoke(deployment.handler(space.open(ahead), ahead), POLL))));
      deployment.clock.advance(Duration.ofMinutes(5));
    }
    invoke(deployment.handler(store), POLL);

    assertThat(ledger(store, "acme")).isEqualTo(undisturbed());
  }

  @Test
  void whatDoesNotFitIsLeftToTheNextEventAndNoEndpointStarves() {
    Handler handler = deployment.handler(store, deployment.slow(400));
    var answers = new ArrayList<String>();

    for (int i = 0; i < 8; i++) {
      Instant began = deployment.clock.instant();
      answers.add(cycles(invoke(handler, POLL, Duration.ofSeconds(40))).get("acme"));
      assertThat(Duration.between(began, deployment.clock.instant()))
          .isLessThan(Duration.ofSeconds(40));
    }

    assertThat(answers).contains("partial");
    for (Known endpoint : Known.values()) {
      assertThat(records("acme").state().of(endpoint.id()).watermark())
          .as("%s of %s", endpoint.id(), answers)
          .isPresent();
    }
  }

  @Test
  void noOrganizationStarvesWhereTimeIsShort() {
    deployment.parameters.values.put("labs", Deployment.KEY);
    deployment.parameters.values.put("zeta", Deployment.KEY);
    Handler handler = deployment.handler(store, deployment.slow(400));
    var answers = new ArrayList<Map<String, String>>();

    for (int i = 0; i < 4; i++) {
      answers.add(cycles(invoke(handler, POLL, Duration.ofSeconds(18))));
    }

    assertThat(answers).anyMatch(each -> each.containsValue("no_time"));
    for (String id : List.of("acme", "labs", "zeta")) {
      assertThat(answers).as(id).anyMatch(each -> !"no_time".equals(each.get(id)));
    }
    assertThat(deployment.log("no_time")).isNotEmpty();
  }

  @Test
  void aNewKeyIsANewOrganizationAndEachIsReadWhereTheParameterBesideItSays() throws IOException {
    try (Simulator labs =
        Simulator.builder(deployment.clock).seed(8).adminKey("sk-admin-labs").build().start()) {
      Settings settings =
          valid(
              Map.of(
                  "organizations",
                  List.of(
                      Map.of(
                          "id", "labs",
                          "key_secret", "/keys/labs",
                          "base_url", labs.baseUrl().toString()))));
      assertThat(new SettingsStore(store).save(settings, 0, "test", deployment.clock.instant()))
          .isTrue();
      Handler handler = deployment.handler(store);
      assertThat(cycles(invoke(handler, POLL))).containsOnlyKeys("acme");

      deployment.parameters.values.put("labs", "sk-admin-labs");
      deployment.parameters.values.put("labs.base_url", labs.baseUrl().toString());
      deployment.parameters.values.put("Not_An_Id", "sk-admin-x");
      deployment.clock.advance(Duration.ofMinutes(5));

      assertThat(cycles(invoke(handler, POLL)))
          .isEqualTo(Map.of("acme", "complete", "labs", "complete"));
      assertThat(deployment.log("key_ignored"))
          .singleElement()
          .satisfies(line ->
              assertThat(line)
                  .extractingByKey("message")
                  .asString()
                  .startsWith("/keys/Not_An_Id names no"));
    }
  }

  @Test
  void settingsThatAreStoredSendNoKeyElsewhere() throws IOException {
    try (Simulator thief =
        Simulator.builder(deployment.clock).seed(8).adminKey(Deployment.KEY).build().start()) {
      Settings settings =
          valid(
              Map.of(
                  "organizations",
                  List.of(
                      Map.of(
                          "id", "acme",
                          "key_secret", "/keys/acme",
                          "base_url", thief.baseUrl().toString()))));
      assertThat(new SettingsStore(store).save(settings, 0, "test", deployment.clock.instant()))
          .isTrue();

      assertThatThrownBy(() -> invoke(deployment.handler(store), POLL))
          .isInstanceOf(NoKeyException.class)
          .hasMessageContainingAll(
              "the key of acme goes to " + deployment.provider.baseUrl() + " only",
              "take base_url out of the settings",
              "/keys/acme.base_url")
          .hasMessageNotContaining(Deployment.KEY);
      assertThat(records("acme").latest(deployment.clock.instant())).isEmpty();
    }
  }

  @Test
  void keysThatMustNotBeReadAreAClearError() {
    deployment.parameters.refusal = "AccessDeniedException";

    assertThatThrownBy(() -> invoke(deployment.handler(store), POLL))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("allow ssm:GetParametersByPath on parameter/keys");
  }

  @Test
  void thatNothingIsConfiguredIsAClearError() {
    deployment.parameters.values.clear();

    assertThatThrownBy(() -> invoke(deployment.handler(store), POLL))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("there is no admin key below /keys");
  }

  @Test
  void aKeyThatCannotBeOneStopsNoOtherAndIsAnErrorInTheEnd() {
    deployment.parameters.values.put("aaa", "sk-admin-ü");

    assertThatThrownBy(() -> invoke(deployment.handler(store), POLL))
        .isInstanceOf(NoKeyException.class)
        .hasMessage("the key of aaa in the Parameter Store cannot be used; put it there anew");
    assertThat(cycle("acme").complete()).isTrue();
    assertThat(deployment.log("failed"))
        .singleElement()
        .satisfies(line -> assertThat(line).containsEntry("organization", "aaa"));
  }

  @Test
  void aKeyThatWasReplacedCountsAtOnce() {
    deployment.parameters.values.put("acme", "sk-admin-old");
    Handler handler = deployment.handler(store);
    assertThat(cycles(invoke(handler, POLL))).containsEntry("acme", "nothing");

    deployment.parameters.values.put("acme", Deployment.KEY);
    deployment.clock.advance(Duration.ofSeconds(1));

    assertThat(cycles(invoke(handler, POLL))).containsEntry("acme", "complete");
    assertThat(deployment.log("cycle"))
        .satisfiesExactly(
            bad ->
                assertThat(bad)
                    .containsEntry("CyclesWithoutData", 1)
                    .containsEntry("level", "WARN")
                    .doesNotContainKey("StalenessSeconds"),
            good -> assertThat(good).containsEntry("CyclesWithoutData", 0));
  }

  @Test
  void aProviderThatIsDownIsRecordedAndNotThrown() throws IOException {
    Handler handler = deployment.handler(store, InstantSource.system(), nobody());

    assertThat(cycles(invoke(handler, POLL, Duration.ofSeconds(14))))
        .isEqualTo(Map.of("acme", "nothing"));
    assertThat(deployment.log("cycle"))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .containsEntry("CyclesWithoutData", 1)
                .containsEntry("organization", "acme"));
  }

  @Test
  void anotherOrganizationsKeyIsRefusedAndCounted() throws IOException {
    invoke(deployment.handler(store), POLL);
    try (Simulator other =
        Simulator.builder(deployment.clock).seed(9).adminKey(Deployment.KEY).build().start()) {
      String before = ledger(store, "acme");
      deployment.clock.advance(Duration.ofHours(2));
      Handler handler = deployment.handler(store, deployment.clock, other.baseUrl().toString());

      assertThat(cycles(invoke(handler, POLL))).isEqualTo(Map.of("acme", "wrong_organization"));
      assertThat(ledger(store, "acme")).isEqualTo(before);
      assertThat(deployment.log("wrong_organization"))
          .singleElement()
          .satisfies(line -> assertThat(line).containsEntry("CyclesWithoutData", 1));
    }
  }

  @Test
  void aCycleIsMeasured() {
    Handler handler = deployment.handler(store);
    invoke(handler, POLL);
    deployment.clock.advance(Duration.ofMinutes(5));
    invoke(handler, POLL);

    assertThat(deployment.log("cycle"))
        .hasSize(2)
        .allSatisfy(line -> {
          assertThat(line)
              .containsKeys("CycleSeconds", "BucketsChanged", "_aws", "trigger", "ms")
              .containsEntry("Stack", "stack")
              .containsEntry("organization", "acme")
              .containsEntry("simulated", true)
              .containsEntry("EndpointFailures", 0)
              .containsEntry("StalenessSeconds", 0);
          assertThat((Integer) line.get("RowsRead")).isPositive();
        });
  }

  @Test
  void aBackfillGoesOnWhereItStopped() {
    Handler handler = deployment.handler(store, deployment.slow(100));
    String event = "{\"action\":\"backfill\",\"from\":\"2026-10-01\",\"organization\":\"acme\"}";
    var reached = new ArrayList<String>();

    Map<String, Object> answer;
    do {
      answer = invoke(handler, event, Duration.ofSeconds(60));
      reached.add(String.valueOf(answer.get("reached")));
      assertThat(answer).containsEntry("wanted", "2026-10-01T00:00:00Z");
    } while (Boolean.FALSE.equals(answer.get("done")) && reached.size() < 50);

    assertThat(answer).containsEntry("done", true);
    assertThat(reached)
        .hasSizeGreaterThan(1)
        .isSortedAccordingTo(Comparator.reverseOrder())
        .endsWith("2026-10-01T00:00:00Z");
    assertThat(ledger(store, "acme")).contains("2026-10-01T00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"action\":\"backfill\"}",
        "{\"action\":\"backfill\",\"from\":\"soon\"}",
        "{\"action\":\"backfill\",\"from\":\"2027-01-01\"}",
        "{\"action\":\"backfill\",\"from\":\"2026-10-01\",\"to\":\"2026-09-01\"}",
        "{\"action\":\"dance\"}",
        "{\"source\":\"aws.events\"}",
        "[1]",
        "nonsense",
        "",
      })
  void anEventThatAsksForNothingKnownIsAClearError(String event) {
    assertThatThrownBy(() -> invoke(deployment.handler(store), event))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .containsAnyOf("2026-01-01", "JSON object");
  }

  @Test
  void aBackfillOfWhatHasNoKeyIsAClearError() {
    String event = "{\"action\":\"backfill\",\"from\":\"2026-10-01\",\"organization\":\"labs\"}";

    assertThatThrownBy(() -> invoke(deployment.handler(store), event))
        .isInstanceOf(NoKeyException.class)
        .hasMessage("there is no admin key of 'labs'; there are those of acme");
  }

  @Test
  void aRequestForAPollNeedsAnOperator() {
    Handler handler = deployment.handler(store);
    invoke(handler, POLL);
    deployment.clock.advance(Duration.ofMinutes(1));
    Instant before = cycle("acme").at();

    assertThat(post(handler, Optional.empty())).containsEntry("statusCode", 401);
    assertThat(post(handler, Optional.of(VIEWER))).containsEntry("statusCode", 403);
    assertThat(cycle("acme").at()).isEqualTo(before);

    assertThat(post(handler, Optional.of(OPERATOR)))
        .containsEntry("statusCode", 200)
        .extractingByKey("body")
        .asString()
        .contains("\"success\":true", "\"failures\":{}");
    assertThat(cycle("acme").trigger()).isEqualTo("api");
    assertThat(deployment.log("request"))
        .extracting(line -> line.get("status"))
        .containsExactly(401, 403, 200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"poll.json", "reconcile.json"})
  void theSamplesOfRequestsAreAnswered(String sample) throws IOException {
    String event =
        Files.readString(Checkout.find("events").orElseThrow().resolve(sample))
            .replaceAll("tly_o_[a-z]+", OPERATOR.text());

    Handler handler = deployment.handler(store);
    invoke(handler, POLL);

    assertThat(invoke(handler, event))
        .containsEntry("statusCode", 200)
        .extractingByKey("body")
        .asString()
        .contains("\"success\":true", "\"failures\":{}");
  }

  @Test
  void aDayIsReadAgainWhereAnOperatorAsksForIt() {
    Handler handler = deployment.handler(store);
    invoke(handler, POLL);
    String before = ledger(store, "acme");

    assertThat(reconcile(handler, Optional.empty()))
        .containsEntry("statusCode", 401)
        .extractingByKey("body")
        .asString()
        .contains("\"success\":false", "tallyman token new");
    assertThat(reconcile(handler, Optional.of(OPERATOR)))
        .containsEntry("statusCode", 200)
        .extractingByKey("body")
        .asString()
        .contains("\"success\":true", "\"added\":0", "\"failures\":{}");
    assertThat(ledger(store, "acme")).isEqualTo(before);

    deployment.parameters.refusal = "AccessDeniedException";
    assertThat(reconcile(deployment.handler(store), Optional.of(OPERATOR)))
        .containsEntry("statusCode", 500)
        .extractingByKey("body")
        .asString()
        .contains("OPENAI_ADMIN_KEY is required", "allow ssm:GetParametersByPath");
  }

  @Test
  void aRequestEndsInTimeAndNamesWhatDidNotFit() {
    invoke(deployment.handler(store), POLL);
    Handler handler = deployment.handler(store, deployment.slow(300));
    Instant began = deployment.clock.instant();

    Map<String, Object> answer = post(handler, Optional.of(OPERATOR));

    assertThat(Duration.between(began, deployment.clock.instant()))
        .isLessThan(Duration.ofSeconds(30));
    assertThat(answer)
        .containsEntry("statusCode", 200)
        .extractingByKey("body")
        .asString()
        .contains("the next one");
    assertThat(cycle("acme").endpoints().values())
        .anyMatch(result -> result.failure().filter(Kind.OUT_OF_TIME::equals).isPresent());
  }

  @Test
  void aRequestIsToldThatKeysCannotBeRead() {
    deployment.parameters.refusal = "AccessDeniedException";

    assertThat(post(deployment.handler(store), Optional.of(OPERATOR)))
        .containsEntry("statusCode", 502)
        .extractingByKey("body")
        .asString()
        .contains("allow ssm:GetParametersByPath");
  }

  @Test
  void whatIsCrossedIsToldOnceAndCountedWhereItWasAskedFor() {
    invoke(deployment.handler(store), POLL);
    assertThat(deployment.topic.published).isEmpty();
    crossed();

    assertThat(post(deployment.handler(store), Optional.of(OPERATOR)).get("body"))
        .asString()
        .contains("\"alerts_triggered\":1");
    invoke(deployment.handler(store), POLL);

    assertThat(deployment.topic.published)
        .singleElement()
        .satisfies(told -> {
          assertThat(told.organization()).isEqualTo("acme");
          assertThat(told.subject()).isEqualTo("pool-mini");
          assertThat(told.channels()).containsExactly("alert-webhook");
        });
    assertThat(deployment.log("alerts"))
        .singleElement()
        .satisfies(
            line -> assertThat(line).containsEntry("triggered", 1).containsEntry("published", 1));
  }

  @Test
  void whatATopicRefusesWaitsForTheNextPollAndFailsNone() {
    crossed();
    deployment.topic.refusing = true;
    assertThat(cycles(invoke(deployment.handler(store), POLL)))
        .isEqualTo(Map.of("acme", "complete"));
    // After the poll, and again once history is complete.
    assertThat(deployment.log("alerts_wait"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).containsEntry("message", "the topic is busy"));

    deployment.topic.refusing = false;
    invoke(deployment.handler(store), POLL);

    assertThat(deployment.topic.published).hasSize(1);
  }

  @Test
  void whatNobodyDeliversIsAskedForAgain() {
    crossed();
    invoke(deployment.handler(store), POLL);
    deployment.clock.advance(Duration.ofMinutes(9));
    invoke(deployment.handler(store), POLL);
    assertThat(deployment.topic.repeated).isEmpty();

    deployment.clock.advance(Duration.ofMinutes(1));
    invoke(deployment.handler(store), POLL);

    assertThat(deployment.topic.repeated)
        .containsExactly(
            new Reference(
                "acme", deployment.topic.published.getFirst().id(), Optional.of("alert-webhook")));
  }

  /** Has it that a pool is used up, of which somebody is to be told. */
  private void crossed() {
    deployment.overrides =
        Overrides.of(
            Map.of("MINI_TIER_LIMIT", "1", "ALERT_WEBHOOK_KIND", "slack"),
            mistake -> {
              throw new AssertionError(mistake);
            });
  }

  /** The store fails at random calls; each invocation then fails, and a later one makes it good. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aStoreThatFailsNowAndThenLosesNothing(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var troubled = new TroubledStore(store, random, 2000);
    int failures = 0;

    for (int i = 0; i < 30 && !isFilled(); i++) {
      Throwable thrown = catchThrowable(() -> invoke(deployment.handler(troubled), POLL));
      if (thrown != null) {
        assertThat(thrown).as("seed %d", seed).isInstanceOf(StoreException.class);
        failures++;
      }
      // A lease whose holder could not give it back has to expire.
      deployment.clock.advance(Duration.ofMinutes(3));
    }
    // The costs are read once an hour.
    deployment.clock.advance(Duration.ofHours(1));
    invoke(deployment.handler(store), POLL);

    assertThat(failures).as("seed %d", seed).isPositive();
    assertThat(ledger(store, "acme")).as("seed %d", seed).isEqualTo(undisturbed());
  }

  private boolean isFilled() {
    return records("acme")
        .state()
        .completeSince()
        .filter(since -> !since.isAfter(WANTED))
        .isPresent();
  }

  /** The ledger that one event makes, at this time. */
  private String undisturbed() {
    var other = new InMemoryStore(deployment.clock);
    invoke(deployment.handler(other), POLL);
    return ledger(other, "acme");
  }

  private Records records(String organization) {
    return new Records(store, organization, 400);
  }

  private CycleRecord cycle(String organization) {
    return records(organization).latest(deployment.clock.instant()).orElseThrow();
  }

  private static Map<String, Object> post(Handler handler, Optional<Tokens.Token> token) {
    return invoke(handler, request("POST", "/api/poll", token));
  }

  private static Map<String, Object> reconcile(Handler handler, Optional<Tokens.Token> token) {
    return invoke(handler, request("POST", "/api/reconcile", token));
  }

  private static Settings valid(Map<String, Object> document) {
    return switch (Settings.of(document)) {
      case SettingsResult.Valid(Settings settings) -> settings;
      case SettingsResult.Invalid(var mistakes) -> throw new AssertionError(mistakes);
    };
  }

  /** Where nobody listens. */
  private static String nobody() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort() + "/v1";
    }
  }
}
