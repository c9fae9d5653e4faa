package dev.tallyman.core.settings;

import java.util.Optional;

/**
 * An organization to read and where its key is found; never the key itself.
 *
 * @param id ours: lower-case letters, digits and {@code -}
 * @param name for display
 * @param baseUrl of the provider, without a trailing slash; https except on this machine; empty if
 *     the document does not say
 * @param keyEnv the environment variable that holds the key
 * @param keySecret the name of the secret that holds the key; one of both is given
 */
public record OrganizationSettings(
    String id,
    String name,
    Optional<String> baseUrl,
    Optional<String> keyEnv,
    Optional<String> keySecret) {
  /** The provider's own address. */
  public static final String OPENAI = "https://api.openai.com/v1";
}
