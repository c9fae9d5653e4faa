package dev.tallyman.function.poller;

import static dev.tallyman.function.poller.Deployment.OPERATOR;
import static dev.tallyman.function.poller.Deployment.atOnce;
import static dev.tallyman.function.poller.Deployment.invoke;
import static dev.tallyman.function.poller.Deployment.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.dynamodb.LocalDynamoDb;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  /** One cycle of today and no history. */
  private static final String CYCLE = request("POST", "/api/poll", Optional.of(OPERATOR));

  private final Deployment deployment = new Deployment();
  private final String table = "poller-" + UUID.randomUUID();

  @BeforeEach
  void create() {
    // What a request means that names no organization, as long as none was read.
    deployment.parameters.values.put("default", Deployment.KEY);
    DeployedTable.create(LocalDynamoDb.client(), table);
  }

  @AfterEach
  void delete() {
    DeployedTable.delete(LocalDynamoDb.client(), table);
    deployment.close();
  }

  @Test
  void theSameEventAtOnceIsOneCycleAfterTheOther() throws InterruptedException, ExecutionException {
    Callable<Map<String, Object>> event =
        () -> invoke(deployment.handler(store(LocalDynamoDb.client())), CYCLE);

    List<Object> statuses =
        atOnce(List.of(event, event, event)).stream()
            .map(answer -> answer.get("statusCode"))
            .toList();

    assertThat(statuses).contains(200).isSubsetOf(200, 409);
    assertThat(today(store(LocalDynamoDb.client()))).isEqualTo(undisturbed());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void throttlingAndLostAnswersLoseNothing(long seed) {
    var network =
        new ThrottlingHttpClient(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    try (DynamoDbClient client =
        LocalDynamoDb.clientBuilder().httpClientBuilder(network.builder()).build()) {
      for (int i = 0; i < 5; i++) {
        assertThat(invoke(deployment.handler(store(client)), CYCLE).get("statusCode"))
            .as("seed %d", seed)
            .isIn(200, 503);
        // A lease whose holder could not give it back has to expire.
        deployment.clock.advance(Duration.ofMinutes(3));
      }
    }
    // The costs are read once an hour.
    deployment.clock.advance(Duration.ofHours(1));
    assertThat(invoke(deployment.handler(store(LocalDynamoDb.client())), CYCLE))
        .containsEntry("statusCode", 200);

    assertThat(today(store(LocalDynamoDb.client()))).as("seed %d", seed).isEqualTo(undisturbed());
  }

  /** Through a client that stays open. */
  private Store store(DynamoDbClient client) {
    return new DynamoDbStore(client, table, deployment.clock);
  }

  /** What one event makes of today, at this time. */
  private String undisturbed() {
    var store = new InMemoryStore(deployment.clock);
    invoke(deployment.handler(store), CYCLE);
    return today(store);
  }

  private static String today(Store store) {
    return Deployment.ledger(
        store, "default", LocalDate.parse("2026-11-21"), LocalDate.parse("2026-11-22"));
  }
}
