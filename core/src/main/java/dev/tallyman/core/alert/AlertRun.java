package dev.tallyman.core.alert;

import java.util.Optional;

/**
 * What became of the alerts of an organization.
 *
 * @param triggered how many notifications were written, those that nobody is sent included
 * @param published how many were handed to the topic
 * @param repeated how many due deliveries were asked for again
 * @param trouble why something is left for the next time; empty if nothing is
 */
public record AlertRun(int triggered, int published, int repeated, Optional<String> trouble) {}
