/**
 * What the tests of all modules share: the contracts that every stage keeps, and stages to test
 * with.
 */
package dev.reranker.testkit;
