"""The server: `streamlit run app.py`. The pages are drawn by components/shell.py."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from components.plotly_js import Early
from components.routes import ROUTES
from components.startup import lifespan

app = st.App("components/shell.py", routes=ROUTES, middleware=[Middleware(Early)], lifespan=lifespan)
