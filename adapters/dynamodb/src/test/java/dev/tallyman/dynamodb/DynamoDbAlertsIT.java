package dev.tallyman.dynamodb;

import dev.tallyman.core.alert.AlertsContract;
import dev.tallyman.core.store.StoreSpace;

final class DynamoDbAlertsIT extends AlertsContract {
  @Override
  protected StoreSpace space() {
    return new DynamoDbSpace(LocalDynamoDb.client());
  }

  /** A thousand take half a minute here; what decides is one conditional put, whoever sends it. */
  @Override
  protected int racers() {
    return 150;
  }
}
