package dev.tallyman.dynamodb;

import dev.tallyman.core.ledger.LedgerContract;
import dev.tallyman.core.store.StoreSpace;

final class DynamoDbLedgerIT extends LedgerContract {
  @Override
  protected StoreSpace space() {
    return new DynamoDbSpace(LocalDynamoDb.client());
  }
}
