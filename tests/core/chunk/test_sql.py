"""The definitions of SQL files, in the dialects of the common databases."""

from __future__ import annotations

import pytest

from semlens.core.chunk import definitions


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("CREATE PROCEDURE [dbo].[usp_X] @a int AS SELECT 1", "dbo.usp_X function"),
        ("CREATE PROC dbo.usp_X AS SELECT 1", "dbo.usp_X function"),
        ("ALTER FUNCTION [dbo].[fn_X] (@a int) RETURNS int AS BEGIN RETURN 1 END", "dbo.fn_X function"),
        ("CREATE OR ALTER VIEW [sales].[v_X] AS SELECT 1", "sales.v_X type"),
        ("CREATE TABLE [dbo].[Order Line] (id int)", "dbo.Order Line type"),
        ("CREATE TABLE `shop`.`order line` (id int)", "shop.order line type"),
        ('CREATE TABLE "My Schema"."My Table" (id int)', "My Schema.My Table type"),
        ('create or replace function "My Func"(a int) returns int', "My Func function"),
        ("CREATE TABLE [a]]b] (id int)", "a]b type"),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS idx_mail ON c (mail)", "idx_mail section"),
        ("CREATE DEFINER=`root`@`%` PROCEDURE `db`.`p`() SELECT 1", "db.p function"),
        ("CREATE ALGORITHM=MERGE SQL SECURITY DEFINER VIEW v AS SELECT 1", "v type"),
        ("CREATE GLOBAL TEMPORARY TABLE IF NOT EXISTS t (id int)", "t type"),
        ("CREATE OR REPLACE EDITIONABLE PACKAGE BODY hr.pay AS", "hr.pay module"),
        ("CREATE MATERIALIZED VIEW mv AS SELECT 1", "mv type"),
        ('CREATE POLICY "Users can read" ON t USING (true)', "Users can read section"),
        ("CREATE OR REPLACE FUNCTION\n  api.f(a int)\nRETURNS int", "api.f function"),
        ("  CREATE TRIGGER [dbo].[trg] ON t AFTER UPDATE AS SELECT 1", "dbo.trg function"),
        ("CREATE TABLE server.db.dbo.t (id int)", "server.db.dbo.t type"),
        ("{% macro cents(column) %}", "cents function"),
        ("CREATE INDEX ON t (a)", None),
        ("ALTER FUNCTION f(int) OWNER TO bob;", None),
        ("ALTER TABLE t ADD COLUMN a int", None),
        ("-- CREATE TABLE t (id int)", None),
        ("/*\nCREATE TABLE t (id int)\n*/", None),
    ],
)
def test_names_are_read_part_by_part(statement: str, expected: str | None) -> None:
    found = [
        f"{one.container}.{one.name} {one.kind}" if one.container else f"{one.name} {one.kind}"
        for one in definitions(statement + "\n", "sql")
    ]
    assert found == ([expected] if expected else [])


def test_tables_that_a_routine_makes_belong_to_the_routine() -> None:
    source = (
        "CREATE FUNCTION a() RETURNS int AS $$\nBEGIN\nCREATE TEMP TABLE b (id int);\n"
        "  CREATE TABLE c (id int);\n"
        "END $$ LANGUAGE plpgsql;\n"
        "CREATE PROC d AS\nBEGIN\n  CREATE TABLE #e (id int)\nEND\nGO\n  CREATE TABLE f (id int);\n"
    )
    assert [one.name for one in definitions(source, "sql")] == ["a", "d", "f"]


def test_a_delimiter_of_dollars_is_no_quote() -> None:
    source = (
        "DELIMITER $$\nCREATE PROCEDURE a()\nBEGIN\nEND$$\nCREATE PROCEDURE b()\nBEGIN\nEND$$\nDELIMITER ;\n"
    )
    assert [one.name for one in definitions(source, "sql")] == ["a", "b"]


def test_the_routines_of_a_package_are_its_members() -> None:
    body = "  PROCEDURE grant_it IS\n  BEGIN\n  END;\n  FUNCTION total RETURN int IS\n"
    source = "CREATE PACKAGE BODY pay AS\n" + body
    found = [(one.container, one.name) for one in definitions(source, "sql")]
    assert found == [(None, "pay"), ("pay", "grant_it"), ("pay", "total")]
