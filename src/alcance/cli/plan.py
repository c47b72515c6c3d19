"""Commands on plans: make one, check it, report it, show it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from alcance.cli.app import Json, Language, PackArgument, PlanArgument, Quiet, app, progress_line, told


@app.command()
def plan(
    pack: PackArgument,
    out: Annotated[Path, typer.Option("--out", help="The plan folder to write.")],
    seconds: Annotated[
        float | None, typer.Option("--seconds", min=1.0, help="Let the solver work for so long (default: by effort).")
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option("--price", metavar="ITEM=FACTOR", help="Multiply a price; may be repeated.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option("--policy", metavar="NAME=VALUE", help="Change a policy; may be repeated.")
    ] = None,
    beside: Annotated[
        str | None,
        typer.Option("--beside", metavar="NAME=V1,V2,…", help="Plan other values of a policy too, side by side."),
    ] = None,
    lang: Language = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan a pack at least cost, with a proven bound, and write the plan folder."""
    with told():
        from alcance.pack import read_pack
        from alcance.plan import Beside, Scenario, check_place, make_plan, plan_beside, write_plan
        from alcance.publish import publish_folder
        from alcance.publish.language import language

        scenario = Scenario.parse(price or [], policy or [])
        others = None if beside is None else Beside.parse(beside)
        check_place(out)
        if lang is not None:
            language(lang)
        with progress_line(quiet, takes_minutes=not as_json) as tell:
            watch = None if tell is None else tell.figures
            if others is None:
                made = make_plan(read_pack(pack, tell), scenario=scenario, seconds=seconds, progress=tell, watch=watch)
            else:
                made = plan_beside(pack, scenario, others, seconds=seconds, progress=tell, watch=watch)
            summary = write_plan(
                made, out, lambda folder: publish_folder(folder, lang=lang, progress=tell), progress=tell
            )
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        from alcance.publish import summary_lines

        typer.echo("\n".join(summary_lines(summary, lang)))
        typer.echo(str(out))


@app.command()
def verify(
    folder: PlanArgument,
    pack: Annotated[Path | None, typer.Option("--pack", help="Rebuild the problem from this pack too.")] = None,
    as_json: Json = False,
) -> None:
    """Check tree, hops, dependents, costs and bound of a plan without the solver; exit 1 if anything fails."""
    with told():
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


@app.command()
def report(folder: PlanArgument, lang: Language = None) -> None:
    """Write the report of a plan: one HTML file with figures, in Spanish or English."""
    with told():
        from alcance.publish import write_report

        typer.echo(str(write_report(folder, lang)))


@app.command()
def serve(
    folder: PlanArgument,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on loopback; 0 takes any free one.")
    ] = 8642,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Show a plan's interactive map, on loopback only, until Ctrl-C."""
    with told():
        from alcance.publish.serve import serve as serve_plan

        serve_plan(folder, port, open_browser=open_browser)
