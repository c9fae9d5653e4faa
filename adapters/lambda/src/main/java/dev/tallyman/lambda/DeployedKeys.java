package dev.tallyman.lambda;

import dev.tallyman.core.settings.Mistake;
import dev.tallyman.core.settings.OrganizationSettings;
import dev.tallyman.core.settings.Permits;
import java.net.URI;
import java.util.Optional;

/**
 * What settings may say of keys where these are in the Parameter Store. Which parameter holds the
 * key of an organization follows from its id; where the key goes is in the template, or in a
 * parameter beside the key, which only the function that polls may read. The secrets of channels
 * are all those below the path that the template names.
 *
 * @param path below which the keys are, such as {@code /tallyman/keys}
 * @param baseUrl the template's; the provider's own if it names none
 */
record DeployedKeys(String path, String baseUrl) implements Permits {
  @Override
  public Optional<Mistake> refusal(OrganizationSettings organization) {
    String parameter = path + "/" + organization.id();
    if (organization.keySecret().filter(parameter::equals).isEmpty()) {
      return Optional.of(
          new Mistake(
              organization.keyEnv().isPresent() ? "key_env" : "key_secret",
              "the key of %s can only be the SecureString %s here, since the template's KeyPath"
                      .formatted(organization.id(), parameter)
                  + " says where keys are; write key_secret: "
                  + parameter));
    }
    if (organization.baseUrl().filter(url -> !same(url)).isPresent()) {
      return Optional.of(
          new Mistake(
              "base_url",
              ("settings cannot say where a key goes; leave base_url out. The key in %s goes to %s,"
                      + " or where the parameter %s.base_url says; to change that, put the address"
                      + " there, or into the template's BaseUrl")
                  .formatted(parameter, baseUrl, parameter)));
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> refusal(String secret) {
    return Optional.empty();
  }

  private boolean same(String url) {
    try {
      return URI.create(url).equals(URI.create(baseUrl.replaceFirst("/+$", "")));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
