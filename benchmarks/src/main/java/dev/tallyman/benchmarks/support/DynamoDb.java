package dev.tallyman.benchmarks.support;

import dev.tallyman.core.store.Store;
import dev.tallyman.dynamodb.Consumption;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.DynamoDbStore;
import dev.tallyman.dynamodb.LocalDynamoDb;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A table of its own in DynamoDB Local that tells what its use would cost. */
public record DynamoDb(String name, DynamoDbClient client, Store store, Consumption consumption)
    implements AutoCloseable {
  public static DynamoDb open(InstantSource clock) {
    var consumption = new Consumption();
    DynamoDbClient client = LocalDynamoDb.clientBuilder(consumption).build();
    String table = "benchmark-" + UUID.randomUUID();
    DeployedTable.create(client, table);
    return new DynamoDb(table, client, new DynamoDbStore(client, table, clock), consumption);
  }

  /** What tells another process where DynamoDB Local is, as the AWS SDK reads it. */
  public static Map<String, String> variables() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB",
        LocalDynamoDb.endpoint().toString(),
        "AWS_REGION",
        "us-east-1",
        "AWS_ACCESS_KEY_ID",
        "local",
        "AWS_SECRET_ACCESS_KEY",
        "local");
  }

  /** How many bytes its items have. */
  public long bytes() {
    return client.describeTable(request -> request.tableName(name)).table().tableSizeBytes();
  }

  @Override
  public void close() {
    store.close();
    client.close();
  }
}
