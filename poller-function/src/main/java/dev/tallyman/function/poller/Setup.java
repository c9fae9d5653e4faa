package dev.tallyman.function.poller;

import dev.tallyman.core.Clock;
import dev.tallyman.core.poll.Poller;
import dev.tallyman.core.settings.Mistake;
import dev.tallyman.lambda.Environment;
import dev.tallyman.openai.call.OpenAiConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the variables of this function say.
 *
 * @param environment what they say of the table, the clock, the settings and who may call
 * @param keyPath below which the admin keys are in the Parameter Store
 * @param topic the ARN of the topic that carries what people are told
 * @param bus the name of an event bus that gets it too
 * @param openAi where an organization is read of which the settings say nothing; empty for the
 *     provider's own address
 * @param history how much of the past is read without being asked for
 * @param variables all of them, where a proxy is looked up
 */
record Setup(
    Environment environment,
    String keyPath,
    String topic,
    Optional<String> bus,
    Optional<OpenAiConfig> openAi,
    Duration history,
    Map<String, String> variables) {
  private static final String BASE_URL = "OPENAI_BASE_URL";

  Setup {
    variables = Map.copyOf(variables);
  }

  /**
   * What these variables say.
   *
   * @throws IllegalArgumentException naming every mistake in them with its variable
   */
  static Setup of(Map<String, String> variables) {
    List<Mistake> mistakes = new ArrayList<>();
    Environment environment = Environment.of(variables, mistakes::add);
    String keyPath = variables.getOrDefault("KEY_PATH", "").strip();
    if (keyPath.isEmpty()) {
      mistakes.add(
          new Mistake(
              "KEY_PATH", "is not set; write the path of the keys, such as /tallyman/keys"));
    }
    String topic = variables.getOrDefault("CROSSINGS_TOPIC_ARN", "").strip();
    if (topic.isEmpty()) {
      mistakes.add(
          new Mistake(
              "CROSSINGS_TOPIC_ARN",
              "is not set; write the ARN of the topic that carries what people are told"));
    }
    String bus = variables.getOrDefault("EVENT_BUS", "").strip();
    Optional<OpenAiConfig> openAi = openAi(variables, mistakes);
    if (environment.clock() instanceof Clock
        && openAi.filter(each -> "http".equals(each.baseUrl().getScheme())).isEmpty()) {
      mistakes.add(
          new Mistake(
              Clock.VARIABLE, "is for tests: set OPENAI_BASE_URL to a simulated organization too"));
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(Mistake.told(mistakes));
    }
    return new Setup(
        environment,
        keyPath,
        topic,
        bus.isEmpty() ? Optional.empty() : Optional.of(bus),
        openAi,
        Poller.HISTORY,
        variables);
  }

  private static Optional<OpenAiConfig> openAi(
      Map<String, String> variables, List<Mistake> mistakes) {
    String url = variables.getOrDefault(BASE_URL, "").strip();
    try {
      return url.isEmpty() ? Optional.empty() : Optional.of(OpenAiConfig.of(url));
    } catch (IllegalArgumentException e) {
      mistakes.add(
          new Mistake(BASE_URL, Objects.requireNonNullElse(e.getMessage(), "is malformed")));
      return Optional.empty();
    }
  }

  /** Leaves out the variables: what AWS itself gives to a function is among them. */
  @Override
  public String toString() {
    return "Setup[" + environment.stack() + ", " + keyPath + "]";
  }
}
