"""Definitions that a macro makes are named after its arguments."""

from __future__ import annotations

import pytest

from semlens.core.chunk import definitions


@pytest.mark.parametrize("language", ["c", "cpp", "objc"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("SYSCALL_DEFINE2(nice_add, int, a, int, b)\n{\n  return a;\n}\n", "nice_add"),
        ("COMPAT_SYSCALL_DEFINE1(open, const char __user *, name)\n{\n}\n", "open"),
        ("TEST_F(Foo, Bar) {\n}\n", "Foo.Bar"),
        ("TYPED_TEST(Foo, Bar) {\n}\n", "Foo.Bar"),
        ("PHP_METHOD(Klass, run)\n{\n}\n", "Klass.run"),
        ("DEFINE_X(name) {\n  return 1;\n}\n", "name"),
        ("ISR(TIMER1_vect) {\n}\n", "TIMER1_vect"),
        ("BOOST_AUTO_TEST_CASE(adds) {\n}\n", "adds"),
        ("BOOST_FIXTURE_TEST_CASE(adds, Fixture) {\n}\n", "adds"),
        ('TEST_CASE("adds numbers", "[math]") {\n}\n', "adds numbers"),
        ('TEST_CASE_METHOD(Fixture, "adds numbers", "[math]") {\n}\n', "Fixture.adds numbers"),
        ("static DEFINE_MUTEX(my_lock);\n", "my_lock"),
        ("DECLARE_WAIT_QUEUE_HEAD(queue);\n", "queue"),
        ("int BPF_KPROBE(do_unlinkat, int dfd, struct filename *name)\n{\n  return 0;\n}\n", "do_unlinkat"),
        ("static int DEFINE_Y(foo)(int a) { return 1; }\n", "foo"),
        ('DEFUN ("car", Fcar, Scar, 1, 1, 0)\n  (register Lisp_Object list)\n{\n  return 1;\n}\n', "car"),
        ("void HAL_INIT(void) {\n}\n", "HAL_INIT"),
        ("int FOO(int a, char *b) {\n  return a;\n}\n", "FOO"),
        ("static void f(void) {\n  FOREACH(x, list) {\n    g(x);\n  }\n}\n", "f"),
        ('MODULE_LICENSE("GPL");\n', None),
    ],
)
def test_the_arguments_name_the_definition(language: str, source: str, expected: str | None) -> None:
    found = [
        f"{one.container}.{one.name}" if one.container else one.name for one in definitions(source, language)
    ]
    assert found == ([expected] if expected else [])


def test_a_constructor_is_no_macro() -> None:
    source = "class FOO {\n  FOO(BAR) {}\n};\nFOO::FOO(BAR) {\n}\n"
    assert {one.name for one in definitions(source, "cpp")} == {"FOO"}


def test_the_header_of_such_a_definition_ends_at_its_body() -> None:
    (found,) = definitions("SYSCALL_DEFINE2(add, int, a,\n                int, b)\n{\n  return a;\n}\n", "c")
    assert (found.start_line, found.end_line) == (1, 5)
