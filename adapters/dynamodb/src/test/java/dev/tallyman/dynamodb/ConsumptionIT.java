package dev.tallyman.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.MovableClock;
import dev.tallyman.core.store.Store;
import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

final class ConsumptionIT {
  private final Consumption consumption = new Consumption();
  private final DynamoDbClient client = LocalDynamoDb.clientBuilder(consumption).build();
  private final DynamoDbSpace space = new DynamoDbSpace(LocalDynamoDb.client());
  private final Store store = space.open(client, MovableClock.at("2026-11-21T09:00:00Z"));

  @AfterEach
  void close() {
    space.close();
    client.close();
  }

  @Test
  void nothingAskedIsNothingConsumed() {
    assertThat(consumption.sum()).isEqualTo(Consumption.Sum.NONE);
  }

  @Test
  void aWriteConsumesAUnitForEveryKilobyteBegun() {
    put("01", 100);
    assertConsumed(1, 0, 0, 1);

    put("02", 1_500);
    assertConsumed(2, 0, 0, 3);

    assertThat(store.delete(new Key("p", "02"), new Condition.Always())).isTrue();
    assertConsumed(3, 0, 0, 5);
  }

  @Test
  void aReadConsumesAUnitForEveryFourKilobytesBegun() {
    put("01", 3_000);
    put("02", 3_000);
    put("03", 3_000);
    var before = consumption.sum();

    assertThat(store.get(new Key("p", "01"))).isPresent();
    assertThat(consumption.sum().since(before)).isEqualTo(sum(1, 0, 1, 0));

    // Nine kilobytes together; a range is charged by the sum, not by the item.
    assertThat(store.range("p", "", "99", Store.Order.ASCENDING, 10)).hasSize(3);
    assertThat(consumption.sum().since(before)).isEqualTo(sum(2, 0, 4, 0));

    assertThat(store.get(new Key("p", "none"))).isEmpty();
    assertThat(consumption.sum().since(before)).isEqualTo(sum(3, 0, 5, 0));
  }

  @Test
  void aRefusalIsCountedByItself() {
    put("01", 100);

    store.put(item("01", 200), new Condition.Absent());

    assertConsumed(2, 1, 0, 1);
  }

  @Test
  void aRangeTakesARequestForEveryMegabyte() {
    for (int n = 0; n < 9; n++) {
      put("0" + n, 300_000);
    }
    var before = consumption.sum();

    assertThat(store.range("p", "", "99", Store.Order.ASCENDING, 100)).hasSize(9);

    assertThat(consumption.sum().since(before).requests()).isBetween(3L, 4L);
  }

  private void assertConsumed(long requests, long refusals, int reads, int writes) {
    assertThat(consumption.sum()).isEqualTo(sum(requests, refusals, reads, writes));
  }

  private static Consumption.Sum sum(long requests, long refusals, int reads, int writes) {
    return new Consumption.Sum(
        requests, refusals, BigDecimal.valueOf(reads), BigDecimal.valueOf(writes));
  }

  private void put(String sort, int size) {
    store.put(item(sort, size), new Condition.Always());
  }

  private static Item item(String sort, int size) {
    return new Item(new Key("p", sort), 1, Optional.empty(), Bytes.copyOf(new byte[size]));
  }
}
