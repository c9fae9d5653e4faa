package dev.tallyman.dynamodb;

import dev.tallyman.aws.Clients;
import dev.tallyman.aws.TimeLeft;
import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.PutResult;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/**
 * A store in one DynamoDB table. It reads by key or by a range of a partition, always consistently,
 * and never scans: each operation is one request, a range one for every megabyte it passes.
 *
 * <p>Attributes: {@code pk} and {@code sk}, the key; {@code v}, the version; {@code x}, the expiry
 * in seconds since 1970, absent if never, by which the table may remove items at its leisure;
 * {@code b}, the bytes; {@code w}, a mark of the write, by which a write that was sent twice
 * recognizes itself.
 */
public final class DynamoDbStore implements Store {
  private static final String PARTITION = "pk";
  private static final String SORT = "sk";
  private static final String VERSION = "v";
  private static final String EXPIRES = "x";
  private static final String BYTES = "b";
  private static final String WRITE = "w";

  private static final String ABSENT = "attribute_not_exists(pk) OR x <= :now";

  private static final int WRITE_MARK_BYTES = 12;

  /** The most items asked for in one request; it answers with at most a megabyte anyway. */
  private static final int ITEMS_PER_REQUEST = 10_000;

  private static final ExecutionInterceptor CLOSING_CONNECTIONS =
      new ExecutionInterceptor() {
        @Override
        public SdkHttpRequest modifyHttpRequest(
            Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
          return context.httpRequest().copy(request -> request.putHeader("Connection", "close"));
        }
      };

  private static final Key CHECKED = new Key("check", "check");

  private final DynamoDbClient client;
  private final boolean clientIsOurs;
  private final String table;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private volatile boolean closed;

  /** A store in this table, through a client that stays the caller's to close. */
  public DynamoDbStore(DynamoDbClient client, String table, InstantSource clock) {
    this(client, false, table, clock);
  }

  private DynamoDbStore(
      DynamoDbClient client, boolean clientIsOurs, String table, InstantSource clock) {
    this.client = client;
    this.clientIsOurs = clientIsOurs;
    this.table = table;
    this.clock = clock;
  }

  /**
   * A store in this table, through a client of its own that takes region, credentials and endpoint
   * from where the AWS SDK looks for them.
   *
   * @param left how much longer calls may be tried again
   */
  public static DynamoDbStore connect(String table, InstantSource clock, TimeLeft left) {
    return new DynamoDbStore(
        Clients.patient(DynamoDbClient.builder(), left).build(), true, table, clock);
  }

  /**
   * The same, through a client that keeps no connection open after an answer: what it leaves behind
   * when it is closed may be put into a snapshot.
   */
  public static DynamoDbStore connectBriefly(String table, InstantSource clock) {
    return new DynamoDbStore(clientBuilder(CLOSING_CONNECTIONS).build(), true, table, clock);
  }

  /**
   * A client with the timeouts and retries that suit this store outside an invocation, to which
   * region, credentials and endpoint may be added.
   *
   * @param observers see every request and answer, such as a {@link Consumption}
   */
  public static DynamoDbClientBuilder clientBuilder(ExecutionInterceptor... observers) {
    return Clients.patient(DynamoDbClient.builder(), new TimeLeft(), observers);
  }

  @Override
  public Optional<Item> get(Key key) {
    var request =
        GetItemRequest.builder().tableName(table).key(attributes(key)).consistentRead(true).build();
    var response = call("read", () -> client.getItem(request));
    return response.hasItem() ? live(response.item()) : Optional.empty();
  }

  @Override
  public List<Item> range(String partition, String from, String to, Order order, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a limit of " + limit + "; at least 1 is needed");
    }
    requireOpen();
    // DynamoDB calls both an error.
    if (to.isEmpty() || Arrays.compareUnsigned(utf8(from), utf8(to)) > 0) {
      return List.of();
    }
    var values = new HashMap<String, AttributeValue>();
    values.put(":partition", AttributeValue.fromS(partition));
    values.put(":to", AttributeValue.fromS(to));
    if (!from.isEmpty()) {
      values.put(":from", AttributeValue.fromS(from));
    }
    var query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .keyConditionExpression(
                from.isEmpty()
                    ? "pk = :partition AND sk <= :to"
                    : "pk = :partition AND sk BETWEEN :from AND :to")
            .expressionAttributeValues(values)
            .scanIndexForward(order == Order.ASCENDING);

    var items = new ArrayList<Item>();
    Map<String, AttributeValue> last = Map.of();
    do {
      var request = query.limit(Math.min(limit - items.size(), ITEMS_PER_REQUEST)).build();
      var response = call("read", () -> client.query(request));
      response.items().forEach(attributes -> live(attributes).ifPresent(items::add));
      last = response.hasLastEvaluatedKey() ? response.lastEvaluatedKey() : Map.of();
      query.exclusiveStartKey(last);
    } while (!last.isEmpty() && items.size() < limit);
    return items;
  }

  @Override
  public PutResult put(Item item, Condition condition) {
    var mark = new byte[WRITE_MARK_BYTES];
    random.nextBytes(mark);
    var attributes = attributes(item.key());
    attributes.put(VERSION, number(item.version()));
    item.expires().ifPresent(at -> attributes.put(EXPIRES, number(at.getEpochSecond())));
    attributes.put(
        BYTES, AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(item.bytes().toArray())));
    attributes.put(WRITE, AttributeValue.fromB(SdkBytes.fromByteArray(mark)));
    var request =
        PutItemRequest.builder()
            .tableName(table)
            .item(attributes)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    switch (condition) {
      case Condition.Always() -> {}
      case Condition.Absent() -> request.conditionExpression(ABSENT);
      case Condition.Below(_) -> request.conditionExpression(ABSENT + " OR v < :version");
      case Condition.VersionIs(_) ->
          request.conditionExpression("v = :version AND (attribute_not_exists(x) OR x > :now)");
    }
    if (!(condition instanceof Condition.Always)) {
      request.expressionAttributeValues(values(condition));
    }
    return call(
        "write",
        () -> {
          try {
            client.putItem(request.build());
            return new PutResult.Stored();
          } catch (ConditionalCheckFailedException e) {
            return refusal(e, mark, condition);
          }
        });
  }

  @Override
  public boolean delete(Key key, Condition condition) {
    var request = DeleteItemRequest.builder().tableName(table).key(attributes(key));
    switch (condition) {
      case Condition.Always() -> {}
      case Condition.Absent() -> request.conditionExpression(ABSENT);
      case Condition.Below(_) -> request.conditionExpression(ABSENT + " OR v < :version");
      case Condition.VersionIs(_) -> request.conditionExpression(ABSENT + " OR v = :version");
    }
    if (!(condition instanceof Condition.Always)) {
      request.expressionAttributeValues(values(condition));
    }
    return call(
        "write",
        () -> {
          try {
            client.deleteItem(request.build());
            return true;
          } catch (ConditionalCheckFailedException _) {
            return false;
          }
        });
  }

  /** Nothing to do: DynamoDB removes by its own clock what its attribute {@code x} says. */
  @Override
  public void purge() {}

  @Override
  public StoreException unreadable(Key key, Exception why) {
    return StoreException.unreadable(
        "table " + table,
        key,
        "deploy the newest Tallyman, or restore the table to a time before, see docs/deploy.md",
        why);
  }

  @Override
  public Optional<String> check() {
    try {
      get(CHECKED);
      probe();
      return Optional.empty();
    } catch (StoreException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public void close() {
    closed = true;
    if (clientIsOurs) {
      client.close();
    }
  }

  /** What a refused condition means: unless the write was sent once only, not always a refusal. */
  private PutResult refusal(ConditionalCheckFailedException e, byte[] mark, Condition condition) {
    var standing = e.hasItem() ? e.item() : Map.<String, AttributeValue>of();
    var standingMark = standing.get(WRITE);
    if (standingMark != null && Arrays.equals(mark, standingMark.b().asByteArrayUnsafe())) {
      // An attempt before this one did write, and its answer was lost.
      return new PutResult.Stored();
    }
    if (e.numAttempts() > 1 && !(condition instanceof Condition.Below)) {
      // An attempt before this one may have written what another writer has replaced since. After
      // `below` that makes no difference: whatever replaced it stands rightly.
      throw new StoreException(
          "whether something was written to table "
              + table
              + " is unknown: the answer was lost, and then another writer was there; try again",
          e,
          true);
    }
    return new PutResult.Refused(standing.isEmpty() ? Optional.empty() : live(standing));
  }

  private <T> T call(String doing, Supplier<T> request) {
    requireOpen();
    try {
      return request.get();
    } catch (SdkException e) {
      throw Failures.of(e, doing, table);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store in table " + table + " is closed");
    }
  }

  private Map<String, AttributeValue> values(Condition condition) {
    var now = number(clock.instant().getEpochSecond());
    return switch (condition) {
      case Condition.Always() -> Map.of();
      case Condition.Absent() -> Map.of(":now", now);
      case Condition.Below(var version) -> Map.of(":now", now, ":version", number(version));
      case Condition.VersionIs(var version) -> Map.of(":now", now, ":version", number(version));
    };
  }

  private Optional<Item> live(Map<String, AttributeValue> attributes) {
    var expires = attributes.get(EXPIRES);
    var item =
        new Item(
            new Key(attribute(attributes, PARTITION).s(), attribute(attributes, SORT).s()),
            Long.parseLong(attribute(attributes, VERSION).n()),
            expires == null
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(Long.parseLong(expires.n()))),
            Bytes.of(attribute(attributes, BYTES).b().asByteArrayUnsafe()));
    return item.expiredAt(clock.instant()) ? Optional.empty() : Optional.of(item);
  }

  private AttributeValue attribute(Map<String, AttributeValue> attributes, String name) {
    var value = attributes.get(name);
    if (value == null) {
      throw new StoreException(
          "an item without "
              + name
              + " is in table "
              + table
              + ": it is the table of another program; name another one",
          false);
    }
    return value;
  }

  private static Map<String, AttributeValue> attributes(Key key) {
    var attributes = new HashMap<String, AttributeValue>();
    attributes.put(PARTITION, AttributeValue.fromS(key.partition()));
    attributes.put(SORT, AttributeValue.fromS(key.sort()));
    return attributes;
  }

  private static AttributeValue number(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
