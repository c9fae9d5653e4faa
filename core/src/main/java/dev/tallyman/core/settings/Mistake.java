package dev.tallyman.core.settings;

/**
 * One mistake in a settings document.
 *
 * @param path where, for instance {@code groups.premium.models[2]}; empty for the whole document
 * @param message what is wrong and what to do, with what is allowed; never the value of a key
 */
public record Mistake(String path, String message) {}
