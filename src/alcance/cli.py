"""The command line: one command per verb, no logic of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from alcance import __version__
from alcance.errors import AlcanceError, InputError

app = typer.Typer(
    name="alcance",
    help="Plan, deliver and prove a public-internet programme at least cost.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
pack_app = typer.Typer(help="Country packs: check one, or start a table.", no_args_is_help=True)
app.add_typer(pack_app, name="pack")

_PackArgument = Annotated[Path, typer.Argument(metavar="PACK", help="The folder of a country pack.")]
_PlanArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A plan folder.")]
_Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
_Language = Annotated[str | None, typer.Option("--lang", help="es or en (default: the pack's, or en).")]


@contextmanager
def _told() -> Iterator[None]:
    """Turn an explained failure into its message and exit code 1."""
    try:
        yield
    except AlcanceError as error:
        problems = error.problems if isinstance(error, InputError) else [error]
        for problem in problems:
            typer.echo(f"alcance: {problem}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("alcance: interrupted; nothing was written", err=True)
        raise typer.Exit(1) from None
    except BrokenPipeError:
        raise typer.Exit(0) from None


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """Give a progress line with the time left; none when asked to be quiet or when nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as line:
        tasks: dict[str, Any] = {}

        def tell(stage: str, share: float) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    line.update(task, completed=1.0)
                tasks[stage] = line.add_task(stage, total=1.0)
            line.update(tasks[stage], completed=share)

        yield tell


@app.callback(invoke_without_command=True)
def main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Plan, deliver and prove a public-internet programme at least cost."""
    if version:
        typer.echo(f"alcance {__version__}")
        raise typer.Exit


@pack_app.command("check")
def pack_check(pack: _PackArgument, as_json: _Json = False) -> None:
    """Say what is wrong with a pack, row by row; exit 1 if anything must be mended."""
    from dataclasses import asdict

    from alcance.pack import check_pack

    with _told():
        problems = check_pack(pack)
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        typer.echo(json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            typer.echo(f"{problem.severity}: {problem}")
        typer.echo(f"{pack}: {errors} to mend, {len(problems) - errors} to know")
    raise typer.Exit(1 if errors else 0)


@pack_app.command("template")
def pack_template(table: Annotated[str, typer.Argument(help="Name of a table, such as sites.")]) -> None:
    """Print an empty table with its columns explained."""
    from alcance.pack import template

    with _told():
        typer.echo(template(table), nl=False)


@app.command()
def plan(
    pack: _PackArgument,
    out: Annotated[Path, typer.Option("--out", help="The plan folder to write.")],
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1.0, help="Stop the solver after this long (default: by effort).")
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option("--price", metavar="ITEM=FACTOR", help="Multiply a price; may be repeated.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option("--policy", metavar="NAME=VALUE", help="Change a policy; may be repeated.")
    ] = None,
    lang: _Language = None,
    as_json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Plan a pack at least cost, with a proven bound, and write the plan folder."""
    with _told():
        from alcance.pack import read_pack
        from alcance.plan import Scenario, check_place, make_plan, write_plan
        from alcance.publish import publish_folder
        from alcance.publish.language import language

        scenario = Scenario.parse(price or [], policy or [])
        check_place(out)
        if lang is not None:
            language(lang)
        with _progress(quiet) as tell:
            made = make_plan(read_pack(pack), scenario=scenario, seconds=seconds, progress=tell)
            summary = write_plan(made, out, lambda folder: publish_folder(folder, lang=lang, progress=tell))
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        from alcance.publish import summary_lines

        typer.echo("\n".join(summary_lines(summary, lang)))
        typer.echo(str(out))


@app.command()
def verify(
    folder: _PlanArgument,
    pack: Annotated[Path | None, typer.Option("--pack", help="Rebuild the problem from this pack too.")] = None,
    as_json: _Json = False,
) -> None:
    """Check tree, hops, dependents, costs and bound of a plan without the solver; exit 1 if anything fails."""
    with _told():
        from alcance.plan.verify import verify_folder

        report = verify_folder(folder, pack)
    if as_json:
        typer.echo(json.dumps({"checks": report.passed, "failures": report.failures}, ensure_ascii=False, indent=2))
    else:
        for check in report.passed:
            typer.echo(f"holds: {check}")
        for failure in report.failures:
            typer.echo(f"FAILS: {failure}", err=True)
        if not report.failures:
            typer.echo(
                f"All {len(report.passed)} checks hold. What is made from the tables (report, maps, csv) is not read."
            )
    raise typer.Exit(1 if report.failures else 0)


@app.command(context_settings={"ignore_unknown_options": True})  # a longitude may begin with a minus
def link(
    dem: Annotated[list[Path], typer.Option("--dem", help="Elevation file; may be repeated.")],
    lon1: Annotated[float, typer.Argument(metavar="LON")],
    lat1: Annotated[float, typer.Argument(metavar="LAT")],
    height1_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    lon2: Annotated[float, typer.Argument(metavar="LON")],
    lat2: Annotated[float, typer.Argument(metavar="LAT")],
    height2_m: Annotated[float, typer.Argument(metavar="HEIGHT")],
    freq_ghz: Annotated[float, typer.Option("--ghz", help="Frequency.")],
    png: Annotated[Path | None, typer.Option("--png", help="Draw the profile.")] = None,
    lang: _Language = None,
    as_json: _Json = False,
) -> None:
    """Tell whether two antennas see each other, what lies between them, and the loss of the path."""
    with _told():
        from alcance.radio import design
        from alcance.terrain import Mosaic

        report = design(Mosaic.open(dem), lon1, lat1, height1_m, lon2, lat2, height2_m, freq_ghz)
        if png is not None:
            from alcance.radio import profile_png

            profile_png(report, png, lang or "en")
        told = json.dumps(report.as_dict(), ensure_ascii=False, indent=2) if as_json else report.text(lang or "en")
    typer.echo(told)


@app.command()
def solve(
    file: Annotated[Path, typer.Argument(metavar="FILE.stp")],
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.1, help="Stop after this long.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check tree and certificate by code the solver does not use.")
    ] = False,
    as_json: _Json = False,
    quiet: _Quiet = False,
) -> None:
    """Solve a Steiner problem in SteinLib or DIMACS form: objective, bound, gap."""
    with _told():
        from alcance.steiner import solve_stp

        with _progress(quiet) as tell:
            result = solve_stp(file, seconds=seconds, check=check, progress=tell)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        for key in ("objective", "lower_bound", "gap", "seconds"):
            typer.echo(f"{key:<12} {result[key]}")
        typer.echo(f"{'edges':<12} {len(result['edges'])}")


@app.command()
def report(folder: _PlanArgument, lang: _Language = None) -> None:
    """Write the report of a plan: one HTML file with figures, in Spanish or English."""
    with _told():
        from alcance.publish import write_report

        typer.echo(str(write_report(folder, lang)))


@app.command()
def serve(
    folder: _PlanArgument,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on loopback; 0 takes any free one.")
    ] = 8642,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Show a plan's interactive map, on loopback only, until Ctrl-C."""
    with _told():
        from alcance.publish.serve import serve as serve_plan

        serve_plan(folder, port, open_browser=open_browser)
