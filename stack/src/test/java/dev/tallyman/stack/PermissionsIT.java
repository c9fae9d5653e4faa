package dev.tallyman.stack;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tallyman.dynamodb.Template;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the classes that were packaged. */
final class PermissionsIT {
  /** With all that a stack may have. */
  private static final Map<String, String> VALUES = Map.of("EventBus", "budgets");

  private static final Template TEMPLATE = Template.of(Template.text(), VALUES);

  /** What each function calls. */
  private static final Map<Function, Set<String>> CALLED =
      functions().stream()
          .collect(
              Collectors.toMap(
                  function -> function,
                  function -> CallGraph.of(function, function.handler(TEMPLATE)).actions()));

  static List<Function> functions() {
    return Function.CHECKED;
  }

  @ParameterizedTest
  @MethodSource("functions")
  void aRoleAllowsWhatTheCodeCallsAndNothingElse(Function function) {
    assertThat(differences(TEMPLATE, function)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("functions")
  void anActionTakenAwayIsMissed(Function function) {
    for (String action : Permissions.allowed(TEMPLATE, function, Permissions.CODE).keySet()) {
      var without =
          Template.of(
              Template.text()
                  .replaceAll("(?m)^ +- " + action + "$", "")
                  .replace("Action: " + action + "\n", "Action: []\n"),
              VALUES);
      assertThat(differences(without, function))
          .containsExactly(action + " is called and not allowed");
    }
  }

  @ParameterizedTest
  @MethodSource("functions")
  void anActionAddedIsNoticed(Function function) {
    var with =
        Template.of(
            Template.text()
                .replace(
                    "- dynamodb:Query\n", "- dynamodb:Query\n                  - dynamodb:Scan\n"),
            VALUES);
    assertThat(differences(with, function))
        .containsExactly("dynamodb:Scan is allowed and not called");
  }

  @ParameterizedTest
  @MethodSource("functions")
  void whatLambdaDoesInItsNameIsToLogAndToReportFailures(Function function) {
    assertThat(Permissions.policies(TEMPLATE, function))
        .containsExactly(Permissions.CODE, Permissions.LAMBDA);
    assertThat(Permissions.role(TEMPLATE, function).keySet())
        .containsExactlyInAnyOrder("AssumeRolePolicyDocument", "Policies");
    boolean reports =
        TEMPLATE.at("Resources", function.name(), "Properties", "EventInvokeConfig") != null;
    assertThat(Permissions.allowed(TEMPLATE, function, Permissions.LAMBDA).keySet())
        .containsExactlyInAnyOrderElementsOf(
            reports
                ? Set.of("logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage")
                : Set.of("logs:CreateLogStream", "logs:PutLogEvents"));
  }

  @Test
  void withoutABusNothingIsAllowedOnOne() {
    assertThat(Permissions.allowed(Template.read(), Function.POLLER, Permissions.CODE))
        .doesNotContainKey("events:PutEvents");
  }

  @Test
  void thePollerPublishesCrossingsAndTheAlertsMail() {
    assertThat(Permissions.allowed(TEMPLATE, Function.POLLER, Permissions.CODE).get("sns:Publish"))
        .isEqualTo(List.of(Map.of("Ref", "Crossings")));
    assertThat(Permissions.allowed(TEMPLATE, Function.ALERT, Permissions.CODE).get("sns:Publish"))
        .isEqualTo(List.of(Map.of("Ref", "Mail")));
  }

  /** The only stars stand for the keys, and for the secrets of channels, below their paths. */
  @ParameterizedTest
  @MethodSource("functions")
  void everyActionIsAllowedOnWhatItNamesOnly(Function function) {
    for (String policy : List.of(Permissions.CODE, Permissions.LAMBDA)) {
      Permissions.allowed(TEMPLATE, function, policy)
          .forEach((action, resources) ->
              assertThat(resources)
                  .as(action)
                  .isNotEmpty()
                  .allSatisfy(resource ->
                      assertThat(
                              resource.toString().replaceFirst("/tallyman/(keys|channels)/[*]", ""))
                          .doesNotContain("*")));
    }
  }

  @Test
  void whatHidesItsCallsIsRefused() {
    assertThatThrownBy(
            () -> AwsCall.action("software.amazon.awssdk.services.ssm.SsmClient", "waiter"))
        .hasMessageContaining("hides");
  }

  private static Set<String> differences(Template template, Function function) {
    return Permissions.differences(
        requireNonNull(CALLED.get(function)),
        Permissions.allowed(template, function, Permissions.CODE).keySet());
  }
}
