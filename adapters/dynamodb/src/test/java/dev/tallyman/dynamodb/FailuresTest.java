package dev.tallyman.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

final class FailuresTest {
  @CsvSource(
      textBlock =
          """
          400, ProvisionedThroughputExceededException, true,  try again
          400, ThrottlingException,                    true,  try again
          400, RequestLimitExceeded,                   true,  try again
          400, TransactionConflictException,           true,  try again
          500, InternalServerError,                    true,  try again
          503, ServiceUnavailable,                     true,  try again
          400, ResourceNotFoundException,              false, there is no such table
          400, AccessDeniedException,                  false, allow dynamodb:GetItem
          400, ExpiredTokenException,                  false, renew them
          400, UnrecognizedClientException,            false, renew them
          400, ValidationException,                    false, see what DynamoDB says
          """)
  @ParameterizedTest
  void whatDynamoDbSaysHasARemedy(int status, String code, boolean passing, String remedy) {
    var details = AwsErrorDetails.builder().errorCode(code).errorMessage("why").build();
    var failure =
        Failures.of(
            DynamoDbException.builder().statusCode(status).awsErrorDetails(details).build(),
            "read",
            "usage");

    assertThat(failure.passing()).isEqualTo(passing);
    assertThat(failure).hasMessageStartingWith("cannot read table usage: ");
    assertThat(failure.getMessage()).contains(remedy, "why");
  }

  @Test
  void whatTookTooLongMayWorkLater() {
    var failure = Failures.of(ApiCallTimeoutException.create(5_000), "write", "usage");

    assertThat(failure.passing()).isTrue();
    assertThat(failure)
        .hasMessageStartingWith("cannot write table usage: it took too long; try again");
  }

  @Test
  void aBrokenConnectionMayWorkLater() {
    var failure =
        Failures.of(SdkClientException.create("no", new IOException("reset")), "write", "usage");

    assertThat(failure.passing()).isTrue();
  }

  @Test
  void missingCredentialsDoNotPass() {
    var failure =
        Failures.of(
            SdkClientException.create("Unable to load credentials from any provider"),
            "read",
            "usage");

    assertThat(failure.passing()).isFalse();
    assertThat(failure).hasMessageContaining("check region and credentials of AWS");
  }
}
