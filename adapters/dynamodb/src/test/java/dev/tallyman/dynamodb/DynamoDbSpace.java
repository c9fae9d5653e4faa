package dev.tallyman.dynamodb;

import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreSpace;
import java.time.InstantSource;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** One table of its own. */
final class DynamoDbSpace implements StoreSpace {
  private final DynamoDbClient client;
  private final String table = "tallyman-" + UUID.randomUUID();

  /** Through this client, which stays the caller's. */
  DynamoDbSpace(DynamoDbClient client) {
    this.client = client;
    DeployedTable.create(client, table);
  }

  String table() {
    return table;
  }

  @Override
  public Store open(InstantSource clock) {
    return open(client, clock);
  }

  /** A store on this table that goes through another client. */
  Store open(DynamoDbClient through, InstantSource clock) {
    return new DynamoDbStore(through, table, clock);
  }

  @Override
  public void close() {
    DeployedTable.delete(client, table);
  }
}
