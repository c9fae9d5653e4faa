package dev.tallyman.stack;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.tallyman.api.access.Role;
import dev.tallyman.api.access.Tokens;
import dev.tallyman.dynamodb.DeployedTable;
import dev.tallyman.dynamodb.LocalDynamoDb;
import dev.tallyman.ssm.MotoServer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * What surrounds functions that are deployed, on this machine: a table, a key, a token, a clock.
 */
public final class Deployed {
  /**
   * How often an event is repeated that did not have the time for everything, on a busy machine.
   */
  private static final int MOST = 60;

  private final Tokens.Token token = Tokens.create(Role.OPERATOR, new SecureRandom());
  private final String key;
  private final String clock;

  /**
   * A deployment.
   *
   * @param key the admin key of its organization
   * @param start what its functions believe the time to be
   */
  public Deployed(String key, Instant start) {
    this.key = key;
    this.clock = start + "," + InstantSource.system().instant() + ",1";
  }

  /** What opens its API, as an operator. */
  public Tokens.Token token() {
    return token;
  }

  /** The value of {@code TALLYMAN_CLOCK}. */
  String clock() {
    return clock;
  }

  /**
   * What the template sets, for a table and a key that are made, and a provider.
   *
   * @param prefix what the table's name begins with
   */
  public Map<String, String> variables(String prefix, String baseUrl) {
    String table = prefix + ProcessHandle.current().pid();
    DeployedTable.create(LocalDynamoDb.client(), table);
    String path = "/" + table + "/keys";
    MotoServer.client()
        .putParameter(request ->
            request
                .name(path + "/default")
                .type(ParameterType.SECURE_STRING)
                .value(key)
                .overwrite(true));
    var variables = new HashMap<String, String>();
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", LocalDynamoDb.endpoint().toString());
    variables.put("AWS_ENDPOINT_URL_SSM", MotoServer.endpoint().toString());
    variables.put("TABLE_NAME", table);
    variables.put("STACK_NAME", table);
    variables.put("KEY_PATH", path);
    // Nobody is told, so nothing is published.
    variables.put("CROSSINGS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:none");
    variables.put("OPENAI_BASE_URL", baseUrl);
    variables.put("OPERATOR_TOKEN_HASHES", token.hash());
    variables.put("TALLYMAN_CLOCK", clock);
    return variables;
  }

  /** Lets the schedule begin cycles until one has read all. */
  public static void poll(LambdaProcess poller) throws IOException, InterruptedException {
    until(poller, Events.sample("schedule.json"), said -> said.contains("\"complete\""));
  }

  /** Reads all from a day on, in as many invocations as it takes. */
  static void fill(LambdaProcess poller, LocalDate from) throws IOException, InterruptedException {
    Map<String, Object> event = JSON.std.mapFrom(Events.sample("backfill.json"));
    event.remove("to");
    event.put("from", from.toString());
    until(poller, JSON.std.asString(event), said -> said.contains("\"done\":true"));
  }

  private static void until(LambdaProcess poller, String event, Predicate<String> done)
      throws IOException, InterruptedException {
    for (int i = 0; i < MOST; i++) {
      if (done.test(answer(poller, event))) {
        return;
      }
    }
    throw new AssertionError("not done: " + poller.printed());
  }

  /** What a function makes of an event. */
  static String answer(LambdaProcess function, String event)
      throws IOException, InterruptedException {
    RuntimeApi.Answer answer = function.invoke(event);
    if (answer.failed()) {
      throw new AssertionError(answer.body() + System.lineSeparator() + function.printed());
    }
    return answer.body();
  }
}
