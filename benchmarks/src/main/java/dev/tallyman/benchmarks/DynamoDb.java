package dev.tallyman.benchmarks;

import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.dynamodb.LocalDynamoDb;
import java.time.InstantSource;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A table of its own in DynamoDB Local that tells what its use would cost. */
record DynamoDb(DynamoDbClient client, Store store, Consumption consumption)
    implements AutoCloseable {
  static DynamoDb open(InstantSource clock) {
    var consumption = new Consumption();
    DynamoDbClient client = LocalDynamoDb.clientBuilder(consumption).build();
    String table = "benchmark-" + UUID.randomUUID();
    client.createTable(DeployedTable.creation(table));
    client.waiter().waitUntilTableExists(request -> request.tableName(table));
    return new DynamoDb(client, new DynamoDbStore(client, table, clock), consumption);
  }

  @Override
  public void close() {
    store.close();
    client.close();
  }
}
