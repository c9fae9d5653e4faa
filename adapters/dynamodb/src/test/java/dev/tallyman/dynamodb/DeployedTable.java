package dev.tallyman.dynamodb;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.UpdateTimeToLiveRequest;

/** The table as template.yaml has it made, so that tests run on what is deployed. */
public final class DeployedTable {
  /** What is told with another request, and what a table of a test does without. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "TimeToLiveSpecification",
          "PointInTimeRecoverySpecification",
          "DeletionProtectionEnabled");

  private DeployedTable() {}

  /**
   * Makes such a table, under a name that nobody else uses, and waits until it is there. Under load
   * an attempt may time out although it makes the table; the next one then finds it.
   */
  public static void create(DynamoDbClient client, String table) {
    try {
      client.createTable(creation(table));
    } catch (ResourceInUseException _) {
      // Made by an attempt that was not waited for.
    }
    client.waiter().waitUntilTableExists(request -> request.tableName(table));
  }

  /** Removes a table; that it is gone already is as good. */
  public static void delete(DynamoDbClient client, String table) {
    try {
      client.deleteTable(request -> request.tableName(table));
    } catch (ResourceNotFoundException _) {
      // Removed by an attempt that was not waited for.
    }
  }

  /** The request that makes such a table. */
  static CreateTableRequest creation(String table) {
    return creation(Template.read(), table);
  }

  /** The same, of a template. */
  static CreateTableRequest creation(Template template, String table) {
    var request = CreateTableRequest.builder().tableName(table);
    template
        .mapAt("Resources", "Table", "Properties")
        .forEach((name, value) -> {
          switch (name) {
            case "AttributeDefinitions" ->
                request.attributeDefinitions(
                    maps(value).stream()
                        .map(each ->
                            AttributeDefinition.builder()
                                .attributeName(text(each, "AttributeName"))
                                .attributeType(text(each, "AttributeType"))
                                .build())
                        .toList());
            case "KeySchema" ->
                request.keySchema(
                    maps(value).stream()
                        .map(each ->
                            KeySchemaElement.builder()
                                .attributeName(text(each, "AttributeName"))
                                .keyType(text(each, "KeyType"))
                                .build())
                        .toList());
            case "BillingMode" -> request.billingMode((String) value);
            case "ProvisionedThroughput" ->
                request.provisionedThroughput(units ->
                    units
                        .readCapacityUnits(number(value, "ReadCapacityUnits"))
                        .writeCapacityUnits(number(value, "WriteCapacityUnits")));
            default -> {
              if (!LEFT_OUT.contains(name)) {
                throw new IllegalArgumentException(
                    "the table of template.yaml has " + name + ", which its tests do not know");
              }
            }
          }
        });
    return request.build();
  }

  /** The request that lets the table remove expired items, which costs nothing. */
  static UpdateTimeToLiveRequest removalOfExpired(String table) {
    var said = Template.read().mapAt("Resources", "Table", "Properties", "TimeToLiveSpecification");
    return UpdateTimeToLiveRequest.builder()
        .tableName(table)
        .timeToLiveSpecification(t ->
            t.attributeName(text(said, "AttributeName"))
                .enabled((Boolean) requireNonNull(said.get("Enabled"))))
        .build();
  }

  private static List<Map<?, ?>> maps(Object value) {
    return ((List<?>) value).stream().<Map<?, ?>>map(each -> (Map<?, ?>) each).toList();
  }

  private static String text(Map<?, ?> map, String name) {
    return (String) requireNonNull(map.get(name));
  }

  private static long number(Object map, String name) {
    return ((Number) requireNonNull(((Map<?, ?>) map).get(name))).longValue();
  }
}
