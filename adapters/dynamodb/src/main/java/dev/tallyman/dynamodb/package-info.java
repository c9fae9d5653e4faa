/** The store on one DynamoDB table. */
@NullMarked
package dev.tallyman.dynamodb;

import org.jspecify.annotations.NullMarked;
