package dev.tallyman.poller;

import static dev.tallyman.poller.Deployment.POLL;
import static dev.tallyman.poller.Deployment.atOnce;
import static dev.tallyman.poller.Deployment.cycles;
import static dev.tallyman.poller.Deployment.invoke;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tallyman.core.poll.Records;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.dynamodb.LocalDynamoDb;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What proves something on a table only: races, and what the network does to it. */
final class PollerDynamoDbIT {
  /** Leaves time for a cycle and some weeks of history, on the slow clock. */
  private static final Duration SHORT = Duration.ofSeconds(20);

  private final Deployment deployment = new Deployment();
  private final String table = "poller-" + UUID.randomUUID();

  @BeforeEach
  void create() {
    DynamoDbClient client = LocalDynamoDb.client();
    client.createTable(DeployedTable.creation(table));
    client.waiter().waitUntilTableExists(request -> request.tableName(table));
  }

  @AfterEach
  void delete() {
    LocalDynamoDb.client().deleteTable(request -> request.tableName(table));
    deployment.close();
  }

  @Test
  void theSameEventTwiceAtOnceIsOneCycleAfterTheOther()
      throws InterruptedException, ExecutionException {
    Callable<Map<String, String>> event =
        () -> {
          Handler handler = deployment.handler(store(LocalDynamoDb.client()), deployment.slow(20));
          return cycles(invoke(handler, POLL, SHORT));
        };
    List<Map<String, String>> answers = atOnce(List.of(event, event, event));
    long ran = answers.stream().filter(each -> each.containsValue("complete")).count();

    assertThat(answers)
        .allSatisfy(each -> assertThat(each.get("acme")).isIn("complete", "already_running"));
    assertThat(
            new Records(store(LocalDynamoDb.client()), "acme", 400)
                .cycles(
                    deployment.clock.instant().minus(Duration.ofHours(1)),
                    deployment.clock.instant()))
        .hasSize((int) ran)
        .isNotEmpty();
    assertThat(lastDays(store(LocalDynamoDb.client()))).isEqualTo(undisturbed());
  }

  @ParameterizedTest
  @ValueSource(longs = 1)
  void throttlingAndLostAnswersLoseNothing(long seed) {
    var network =
        new ThrottlingHttpClient(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    try (DynamoDbClient client =
        LocalDynamoDb.clientBuilder().httpClientBuilder(network.builder()).build()) {
      Handler handler = deployment.handler(store(client), deployment.slow(20));
      for (int i = 0; i < 3; i++) {
        Throwable thrown = catchThrowable(() -> invoke(handler, POLL, SHORT));
        if (thrown != null) {
          assertThat(thrown)
              .as("seed %d", seed)
              .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isTrue());
        }
        // A lease whose holder could not give it back has to expire.
        deployment.clock.advance(Duration.ofMinutes(3));
      }
    }
    // The costs are read once an hour.
    deployment.clock.advance(Duration.ofHours(1));
    invoke(deployment.handler(store(LocalDynamoDb.client()), deployment.slow(20)), POLL, SHORT);

    assertThat(lastDays(store(LocalDynamoDb.client())))
        .as("seed %d", seed)
        .isEqualTo(undisturbed());
  }

  /** Through a client that stays open. */
  private Store store(DynamoDbClient client) {
    return new DynamoDbStore(client, table, deployment.clock);
  }

  /** What one event makes of the last days. */
  private String undisturbed() {
    var store = new InMemoryStore(deployment.clock);
    invoke(deployment.handler(store), POLL);
    return lastDays(store);
  }

  /** The days that are over: today goes on while the clock does. */
  private static String lastDays(Store store) {
    return Deployment.ledger(
        store, "acme", LocalDate.parse("2026-11-15"), LocalDate.parse("2026-11-21"));
  }
}
