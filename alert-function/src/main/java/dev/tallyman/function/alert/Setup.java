package dev.tallyman.function.alert;

import dev.tallyman.core.settings.Mistake;
import dev.tallyman.lambda.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the variables of this function say.
 *
 * @param environment what they say of the table, the clock, the settings and who may call
 * @param channelPath below which the secrets of channels are in the Parameter Store
 * @param mail the ARN of the topic to which people subscribe by e-mail
 * @param local whether channels may be reached over http and on addresses that are not public
 */
record Setup(Environment environment, String channelPath, String mail, boolean local) {
  /**
   * What these variables say.
   *
   * @throws IllegalArgumentException naming every mistake in them with its variable
   */
  static Setup of(Map<String, String> variables) {
    List<Mistake> mistakes = new ArrayList<>();
    var setup =
        new Setup(
            Environment.of(variables, mistakes::add),
            required(
                variables,
                "CHANNEL_PATH",
                "write the path of the secrets of channels, such as /tallyman/channels",
                mistakes),
            required(
                variables,
                "MAIL_TOPIC_ARN",
                "write the ARN of the topic to which people subscribe by e-mail",
                mistakes),
            "true".equals(variables.get("TALLYMAN_ALLOW_LOCAL_WEBHOOKS")));
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(Mistake.told(mistakes));
    }
    return setup;
  }

  private static String required(
      Map<String, String> variables, String name, String remedy, List<Mistake> mistakes) {
    String value = variables.getOrDefault(name, "").strip();
    if (value.isEmpty()) {
      mistakes.add(new Mistake(name, "is not set; " + remedy));
    }
    return value;
  }
}
