package dev.tallyman.dynamodb;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;

/**
 * Adds up what the requests of a client cost. Given to {@link DynamoDbStore#clientBuilder}, it asks
 * DynamoDB to tell with each answer.
 */
public final class Consumption implements ExecutionInterceptor {
  private final AtomicReference<Sum> sum = new AtomicReference<>(Sum.NONE);

  /**
   * What was consumed.
   *
   * @param requests sent over the network, repeated ones each time
   * @param refusals requests whose condition did not hold; AWS charges them by the size of the item
   *     that stood in the way, but does not tell, so they are in neither sum of units
   * @param readUnits 4 KB read consistently are one
   * @param writeUnits 1 KB written is one
   */
  public record Sum(long requests, long refusals, BigDecimal readUnits, BigDecimal writeUnits) {
    /** Nothing. */
    public static final Sum NONE = new Sum(0, 0, BigDecimal.ZERO, BigDecimal.ZERO);

    public Sum {
      // Units come in halves.
      readUnits = readUnits.setScale(1, RoundingMode.UP);
      writeUnits = writeUnits.setScale(1, RoundingMode.UP);
    }

    /** What came on top of an earlier sum. */
    public Sum since(Sum earlier) {
      return new Sum(
          requests - earlier.requests,
          refusals - earlier.refusals,
          readUnits.subtract(earlier.readUnits),
          writeUnits.subtract(earlier.writeUnits));
    }

    private Sum plus(Sum other) {
      return new Sum(
          requests + other.requests,
          refusals + other.refusals,
          readUnits.add(other.readUnits),
          writeUnits.add(other.writeUnits));
    }
  }

  /** What was consumed up to now. */
  public Sum sum() {
    return sum.get();
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    var total = ReturnConsumedCapacity.TOTAL;
    return switch (context.request()) {
      case GetItemRequest get -> get.toBuilder().returnConsumedCapacity(total).build();
      case QueryRequest query -> query.toBuilder().returnConsumedCapacity(total).build();
      case PutItemRequest put -> put.toBuilder().returnConsumedCapacity(total).build();
      case DeleteItemRequest delete -> delete.toBuilder().returnConsumedCapacity(total).build();
      default -> context.request();
    };
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    add(new Sum(1, 0, BigDecimal.ZERO, BigDecimal.ZERO));
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    switch (context.response()) {
      case GetItemResponse get -> addRead(get.consumedCapacity());
      case QueryResponse query -> addRead(query.consumedCapacity());
      case PutItemResponse put -> addWritten(put.consumedCapacity());
      case DeleteItemResponse delete -> addWritten(delete.consumedCapacity());
      default -> {}
    }
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    if (context.exception() instanceof ConditionalCheckFailedException) {
      add(new Sum(0, 1, BigDecimal.ZERO, BigDecimal.ZERO));
    }
  }

  private void addRead(@Nullable ConsumedCapacity capacity) {
    add(new Sum(0, 0, units(capacity), BigDecimal.ZERO));
  }

  private void addWritten(@Nullable ConsumedCapacity capacity) {
    add(new Sum(0, 0, BigDecimal.ZERO, units(capacity)));
  }

  private void add(Sum more) {
    sum.updateAndGet(before -> before.plus(more));
  }

  private static BigDecimal units(@Nullable ConsumedCapacity capacity) {
    return capacity == null || capacity.capacityUnits() == null
        ? BigDecimal.ZERO
        : BigDecimal.valueOf(capacity.capacityUnits());
  }
}
