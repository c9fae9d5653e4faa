package dev.tallyman.sns;

import dev.tallyman.core.delivery.TopicException;
import java.io.IOException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What errors of both clients of AWS mean. */
final class Calls {
  private static final int SERVER_ERROR = 500;

  private Calls() {}

  /**
   * What a call answers.
   *
   * @param doing what is done, such as {@code publish to topic …}
   * @param action of IAM that it needs
   * @throws TopicException if it fails; the message names the remedy
   */
  static <T> T call(String doing, String action, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw failure(e, doing, action);
    }
  }

  private static TopicException failure(SdkException e, String doing, String action) {
    return switch (e) {
      case AwsServiceException refusal -> {
        String code = code(refusal);
        boolean passing =
            refusal.isThrottlingException()
                || refusal.statusCode() >= SERVER_ERROR
                || code.startsWith("KMSThrottling");
        yield told(doing, passing ? "AWS is busy; try again" : remedy(code, action), e, passing);
      }
      case ApiCallTimeoutException _, ApiCallAttemptTimeoutException _ ->
          told(doing, "it took too long; try again", e, true);
      default ->
          isNetwork(e)
              ? told(doing, "AWS was not reached; check the network and the region", e, true)
              : told(doing, "check region and credentials of AWS", e, e.retryable());
    };
  }

  private static TopicException told(String doing, String remedy, SdkException e, boolean passing) {
    return new TopicException(
        "cannot " + doing + ": " + remedy + " (" + e.getMessage() + ")", e, passing);
  }

  private static String remedy(String code, String action) {
    return switch (code) {
      case "NotFound", "NotFoundException", "ResourceNotFoundException" ->
          "it does not exist in this region; deploy it, or name the right one";
      case "AuthorizationError", "AccessDenied", "AccessDeniedException" -> "allow " + action;
      case "InvalidClientTokenId",
          "UnrecognizedClientException",
          "SignatureDoesNotMatch",
          "InvalidSignatureException",
          "ExpiredToken",
          "ExpiredTokenException",
          "MissingAuthenticationToken" ->
          "AWS does not accept the credentials; renew them, and check this machine's clock";
      default ->
          code.startsWith("KMS")
              ? "the KMS key that encrypts it cannot be used; allow its use, or enable it"
              : "see what AWS says";
    };
  }

  private static String code(AwsServiceException refusal) {
    AwsErrorDetails details = refusal.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static boolean isNetwork(Throwable e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
