"""The pages of /docs, which need no internet."""

from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

FILES = "/docs/files"


def add_pages(app: FastAPI) -> None:
    """Give an application its OpenAPI document and the page that shows it.

    Args:
        app: with all its routes.

    Example:
        >>> app = FastAPI(docs_url=None, openapi_url=None)
        >>> add_pages(app)
        >>> [x.path for x in app.routes]
        ['/openapi.json', '/docs', '/docs/files']
    """
    files = Path(fastapi_offline.__file__).parent / "static"

    async def openapi_json(request: Request) -> JSONResponse:
        return JSONResponse(app.openapi())

    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        own = f"{root}{FILES}"
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title="faultlens",
            swagger_js_url=f"{own}/swagger-ui-bundle.js",
            swagger_css_url=f"{own}/swagger-ui.css",
            swagger_favicon_url=f"{own}/favicon.png",
        )

    # API routes, since the shell knows a request's route by them.
    app.add_api_route("/openapi.json", openapi_json, include_in_schema=False)
    app.add_api_route("/docs", docs, include_in_schema=False)
    app.mount(FILES, StaticFiles(directory=files))
