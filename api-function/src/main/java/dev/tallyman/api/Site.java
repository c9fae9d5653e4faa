package dev.tallyman.api;

import dev.tallyman.core.store.Store;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the routes stand on.
 *
 * @param access asked at each request, so that a token made or withdrawn counts at once
 * @param log takes the access log: one line of JSON for each request, without its line end
 */
public record Site(
    Store store, InstantSource clock, Supplier<Access> access, Consumer<String> log) {}
