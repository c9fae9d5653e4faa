package dev.tallyman.api;

import dev.tallyman.core.settings.Settings;
import dev.tallyman.core.store.Store;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the routes stand on.
 *
 * @param organization our id of the one that is meant where a request names none
 * @param overrides what the environment says above the stored settings
 * @param access asked at each request, so that a token made or withdrawn counts at once
 * @param polls runs a cycle when it is asked for
 * @param log takes the access log: one line of JSON for each request, without its line end
 */
public record Site(
    Store store,
    InstantSource clock,
    String organization,
    UnaryOperator<Settings> overrides,
    Supplier<Access> access,
    PollTrigger polls,
    Consumer<String> log) {}
