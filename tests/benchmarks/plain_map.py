"""The page that the map is compared with: what anyone would write with px.scatter and st.plotly_chart.

Run by Streamlit: a scatter plot of EMBEDDINGS_POINTS points with hover texts, colored by a chosen column, and beside
it the text of the point that was clicked.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st

N = int(os.environ["EMBEDDINGS_POINTS"])


@st.cache_resource
def table() -> pd.DataFrame:
    """The same data as that of the map, with its place by PCA."""
    from tests.made import made

    data = made(N)
    vectors = np.stack(data.items)
    centered = vectors - vectors.mean(axis=0)
    axes = np.linalg.eigh(centered.T @ centered)[1][:, ::-1][:, :2]
    x, y = (centered @ axes).T
    return data.metadata.assign(x=x, y=y)


st.set_page_config("Plain", layout="wide")
column = st.sidebar.selectbox("Color", ["topic", "price"])
left, right = st.columns([2, 1])
with left:
    figure = px.scatter(table(), x="x", y="y", color=column, hover_name="title", render_mode="webgl", height=650)
    event = st.plotly_chart(figure, on_select="rerun", key="map")
with right:
    points = event["selection"]["points"]
    st.write(f"clicked: {points[0].get('hovertext', 'a point')}" if points else "nothing yet")
