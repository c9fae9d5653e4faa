package dev.tallyman.dynamodb;

import dev.tallyman.core.store.StoreContract;
import dev.tallyman.core.store.StoreSpace;

final class DynamoDbStoreIT extends StoreContract {
  @Override
  protected StoreSpace space() {
    return new DynamoDbSpace(LocalDynamoDb.client());
  }
}
