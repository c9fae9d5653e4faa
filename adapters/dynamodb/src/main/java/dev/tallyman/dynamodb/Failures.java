package dev.tallyman.dynamodb;

import dev.tallyman.core.store.StoreException;
import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What errors of the AWS SDK mean, and what to do about them. */
final class Failures {
  private static final int SERVER_ERROR = 500;

  private Failures() {}

  /** The store's own form of an error that came up while doing something with a table. */
  static StoreException of(SdkException e, String doing, String table) {
    return switch (e) {
      case AwsServiceException refusal -> {
        var details = refusal.awsErrorDetails();
        var code = details == null ? "" : code(details);
        boolean passing =
            refusal.isThrottlingException()
                || refusal.statusCode() >= SERVER_ERROR
                || code.equals("TransactionConflictException")
                || code.equals("TransactionInProgressException");
        yield failure(doing, table, passing ? "try again" : remedy(code, table), e, passing);
      }
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ ->
          failure(doing, table, "it took too long; try again", e, true);
      default -> {
        boolean passing = e.retryable() || isNetwork(e);
        var remedy =
            passing
                ? "DynamoDB was not reached; check the network and the region, and try again"
                : "check region and credentials of AWS";
        yield failure(doing, table, remedy, e, passing);
      }
    };
  }

  private static StoreException failure(
      String doing, String table, String remedy, SdkException e, boolean passing) {
    return new StoreException(
        "cannot " + doing + " table " + table + ": " + remedy + " (" + e.getMessage() + ")",
        e,
        passing);
  }

  private static String remedy(String code, String table) {
    return switch (code) {
      case "ResourceNotFoundException" ->
          "there is no such table in this region; deploy it, or name the right table and region";
      case "AccessDeniedException" ->
          "allow dynamodb:GetItem, Query, PutItem and DeleteItem on table " + table;
      case "UnrecognizedClientException",
          "InvalidSignatureException",
          "ExpiredTokenException",
          "MissingAuthenticationTokenException" ->
          "AWS does not accept the credentials; renew them, and check this machine's clock";
      default -> "see what DynamoDB says";
    };
  }

  private static String code(AwsErrorDetails details) {
    return details.errorCode() == null ? "" : details.errorCode();
  }

  private static boolean isNetwork(Throwable e) {
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
