package dev.tallyman.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What DynamoDB's store does when answers are lost, or DynamoDB is not there. */
final class DynamoDbFaultsIT {
  private static final Key KEY = new Key("p", "s");

  private final MovableClock clock = MovableClock.at("2026-11-21T09:00:00Z");
  private final LossyHttpClient network = new LossyHttpClient();
  private final DynamoDbSpace space = new DynamoDbSpace(LocalDynamoDb.client());
  private final Store other = space.open(clock);
  private final DynamoDbClient client =
      LocalDynamoDb.clientBuilder().httpClientBuilder(network.builder()).build();
  private final Store store = space.open(client, clock);

  @BeforeEach
  void storeOne() {
    put(other, item(1, "first"), new Condition.Absent());
  }

  @AfterEach
  void close() {
    client.close();
    space.close();
  }

  @Test
  void aPutWhoseAnswerWasLostIsStored() {
    network.loseOneAnswer(() -> {});
    put(store, item(2, "second"), new Condition.VersionIs(1));

    network.loseOneAnswer(() -> {});
    put(store, item(3, "third"), new Condition.Below(3));

    network.loseOneAnswer(() -> {});
    put(store, item(4, "fourth"), new Condition.Always());

    var elsewhere = new Item(new Key("p", "t"), 1, Optional.empty(), bytes("new"));
    network.loseOneAnswer(() -> {});
    put(store, elsewhere, new Condition.Absent());

    assertThat(other.get(KEY)).contains(item(4, "fourth"));
    assertThat(other.get(elsewhere.key())).contains(elsewhere);
  }

  @Test
  void aPutThatWasRefusedStaysRefusedWhenItsAnswerWasLost() {
    network.loseOneAnswer(() -> {});

    assertThat(store.put(item(1, "other"), new Condition.Below(1)))
        .isEqualTo(new PutResult.Refused(Optional.of(item(1, "first"))));
  }

  @Test
  void aPutThatMayHaveBeenReplacedMeanwhileIsUnknown() {
    network.loseOneAnswer(
        () -> put(other, item(3, "by another writer"), new Condition.VersionIs(2)));

    assertThatThrownBy(() -> store.put(item(2, "second"), new Condition.VersionIs(1)))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isTrue());
    assertThat(store.get(KEY)).contains(item(3, "by another writer"));
  }

  @Test
  void aPutThatALaterOneReplacedMeanwhileIsRefusedByIt() {
    network.loseOneAnswer(() -> put(other, item(3, "by another writer"), new Condition.Below(3)));

    assertThat(store.put(item(2, "second"), new Condition.Below(2)))
        .isEqualTo(new PutResult.Refused(Optional.of(item(3, "by another writer"))));
  }

  @Test
  void anEqualItemOfAnotherWriterIsNotTakenForOurs() {
    assertThat(other.put(item(2, "equal"), new Condition.VersionIs(1)))
        .isEqualTo(new PutResult.Stored());

    assertThat(store.put(item(2, "equal"), new Condition.VersionIs(1)))
        .isEqualTo(new PutResult.Refused(Optional.of(item(2, "equal"))));
  }

  @Test
  void whatIsThrottledMoreOftenThanTheStandardClientTriesIsDoneAllTheSame() {
    network.throttle(9);
    put(store, item(2, "second"), new Condition.VersionIs(1));

    network.throttle(9);
    assertThat(store.get(KEY)).contains(item(2, "second"));
  }

  @Test
  void aDeleteWhoseAnswerWasLostSucceeds() {
    network.loseOneAnswer(() -> {});

    assertThat(store.delete(KEY, new Condition.VersionIs(1))).isTrue();
    assertThat(other.get(KEY)).isEmpty();
  }

  @Test
  void aReadWhoseAnswerWasLostIsRepeated() {
    network.loseOneAnswer(() -> {});
    assertThat(store.get(KEY)).contains(item(1, "first"));

    network.loseOneAnswer(() -> {});
    assertThat(store.range("p", "", "z", Store.Order.ASCENDING, 10))
        .containsExactly(item(1, "first"));
  }

  @Test
  void aTableThatIsNotThereIsNamedWithTheRemedy() {
    try (var missing = new DynamoDbStore(client, "no-such-table", clock)) {
      assertThat(missing.check())
          .hasValueSatisfying(wrong ->
              assertThat(wrong)
                  .startsWith(
                      "cannot read table no-such-table: there is no such table in this"
                          + " region; deploy it, or name the right table and region"));
      assertThatThrownBy(() -> missing.put(item(1, "x"), new Condition.Always()))
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isFalse());
    }
  }

  @Test
  void aServerThatIsNotThereIsAPassingFailure() throws IOException {
    try (var nobody = LocalDynamoDb.clientBuilder().endpointOverride(unusedEndpoint()).build();
        var unreachable = new DynamoDbStore(nobody, space.table(), clock)) {
      assertThatThrownBy(() -> unreachable.get(KEY))
          .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.passing()).isTrue())
          .hasMessageContaining("DynamoDB was not reached; check the network and the region");
    }
  }

  @Test
  void expiredItemsAreLeftToTheTable() {
    assertThat(
            client
                .updateTimeToLive(DeployedTable.removalOfExpired(space.table()))
                .timeToLiveSpecification()
                .attributeName())
        .isEqualTo("x");
  }

  private static void put(Store store, Item item, Condition condition) {
    assertThat(store.put(item, condition)).isEqualTo(new PutResult.Stored());
  }

  private static Item item(long version, String content) {
    return new Item(KEY, version, Optional.empty(), bytes(content));
  }

  private static Bytes bytes(String content) {
    return Bytes.copyOf(content.getBytes(StandardCharsets.UTF_8));
  }

  private static URI unusedEndpoint() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }
}
